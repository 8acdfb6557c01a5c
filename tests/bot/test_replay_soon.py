"""An update whose handler found no database is handled again soon, not only at the next regular replay."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from telegram.error import NetworkError

from bot.__main__ import build
from bot.context import App
from bot.database import Database
from bot.settings import BotSettings
from bot.updates import DurableQueue
from jobs.settings import JobsSettings
from storage.errors import DatabaseUnreachable
from storage.session import open_engine
from storage.settings import StorageSettings
from tests.bot.given_updates import said
from tests.bot.queued import BOT
from tests.telegram_server import TOKEN, TelegramServer

A_DAY = 86_400.0


@pytest.fixture
def telegram() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        yield server


async def is_due(queue: DurableQueue) -> bool:
    """Whether a replay is asked for at this moment."""
    waiting = asyncio.create_task(queue.replay_due(0.0, A_DAY))
    for _ in range(20):
        await asyncio.sleep(0)
    waiting.cancel()
    return waiting.done()


async def after_failing(app: App, error: Exception) -> bool:
    await app.initialize()
    try:
        await app.bot_data["queue"].put(said(1))
        await app.process_error(said(1), error)
        return await is_due(app.bot_data["queue"])
    finally:
        await app.shutdown()


@pytest.mark.parametrize(
    ("error", "soon"), [(DatabaseUnreachable("a database", "away"), True), (NetworkError("Telegram is away"), False)]
)
def test_a_replay_is_asked_for_where_the_database_was_away(
    sqlite_engine: Engine, telegram: TelegramServer, error: Exception, soon: bool
) -> None:
    settings = BotSettings(telegram_token=TOKEN, telegram_api_url=telegram.url)
    app = build(settings, StorageSettings(database_url=str(sqlite_engine.url)), JobsSettings())
    assert asyncio.run(after_failing(app, error)) is soon


def test_a_replay_is_asked_for_where_an_update_could_not_be_stored() -> None:
    async def refused() -> bool:
        away = open_engine("postgresql+psycopg://127.0.0.1:1/x")
        queue = DurableQueue(Database(away, BOT))
        with pytest.raises(NetworkError):
            await queue.put(said(1))
        away.dispose()
        return await is_due(queue)

    assert asyncio.run(refused())


def test_without_a_failure_it_waits() -> None:
    async def idle() -> bool:
        engine = open_engine("postgresql+psycopg://127.0.0.1:1/x")
        return await is_due(DurableQueue(Database(engine, BOT)))

    assert not asyncio.run(idle())
