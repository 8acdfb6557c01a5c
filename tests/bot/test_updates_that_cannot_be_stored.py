"""Updates that a full disk or an unexpected error keeps from being stored stay with Telegram, and polling goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from structlog.testing import capture_logs
from telegram.error import NetworkError

from bot.__main__ import build
from bot.context import App
from bot.database import Database
from bot.settings import BotSettings
from bot.updates import DurableQueue
from jobs.settings import JobsSettings
from storage.models import Message
from storage.session import open_engine
from storage.settings import StorageSettings
from tests import fresh
from tests.bot.given_updates import said
from tests.bot.queued import BOT, put, queued, unhandled
from tests.bot.stories import EVE, GROUP
from tests.conftest import count
from tests.storage import given
from tests.storage.databases import grows_no_more
from tests.telegram_server import TOKEN, TelegramServer

REFUSES = """CREATE TRIGGER refuses BEFORE INSERT ON updates WHEN (SELECT count(*) FROM leases) = 0
BEGIN SELECT RAISE(ABORT, 'unexpected'); END"""


def test_an_update_that_an_unexpected_error_kept_from_being_stored_stays_with_telegram(sqlite_engine: Engine) -> None:
    queue = DurableQueue(Database(sqlite_engine, BOT))
    with sqlite_engine.begin() as connection:
        connection.exec_driver_sql(REFUSES)
    with pytest.raises(NetworkError):
        put(queue, said(1))
    with sqlite_engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER refuses")
    put(queue, said(1))
    assert queued(queue) == [1]


def test_polling_goes_on_after_an_unexpected_error(telegram: TelegramServer, tmp_path: Path) -> None:
    address = fresh.sqlite(tmp_path / "x.sqlite3")
    engine = open_engine(address)
    with engine.begin() as connection:
        connection.exec_driver_sql(REFUSES)
    settings = BotSettings(telegram_token=TOKEN, telegram_api_url=telegram.url)

    def mend() -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP TRIGGER refuses")

    asyncio.run(
        heard_in_the_end(build(settings, StorageSettings(database_url=address), JobsSettings()), telegram, engine, mend)
    )
    assert given.values(engine, Message.text) == ["one", "two"]
    engine.dispose()


LONG = "one " + "and again " * 400  # of a legal message, which takes a page of the file at least


def test_on_a_full_disk_an_update_stays_with_telegram_and_what_was_stored_stays(sqlite_engine: Engine) -> None:
    queue = DurableQueue(Database(sqlite_engine, BOT))
    put(queue, said(1))
    make_room = grows_no_more(sqlite_engine)
    with pytest.raises(NetworkError, match="has no room left"):
        put(queue, *(said(number, text=LONG) for number in range(2, 100)))
    stored = unhandled(sqlite_engine)
    assert stored == queued(queue) == list(range(1, len(stored) + 1))
    make_room()
    put(queue, said(len(stored) + 1, text=LONG))
    assert unhandled(sqlite_engine) == [*stored, len(stored) + 1]


def test_polling_goes_on_after_a_full_disk_and_nothing_is_lost(telegram: TelegramServer, tmp_path: Path) -> None:
    address = fresh.sqlite(tmp_path / "x.sqlite3")
    settings = BotSettings(telegram_token=TOKEN, telegram_api_url=telegram.url)
    app = build(settings, StorageSettings(database_url=address), JobsSettings())
    engine = open_engine(address)
    make_room = grows_no_more(app.bot_data["database"]._engine)
    with capture_logs() as logged:
        asyncio.run(heard_in_the_end(app, telegram, engine, make_room, logged))
    assert [text.split(" ")[0] for text in given.values(engine, Message.text)] == ["one", "two"]
    (first, *_) = [line for line in logged if line["log_level"] == "warning" and "reason" in line]
    assert first["event"] == "database out of reach: updates stay with Telegram"
    assert "has no room left" in first["reason"]
    engine.dispose()


async def heard_in_the_end(
    app: App, telegram: TelegramServer, engine: Engine, mend: Callable[[], None], logged: Sequence[Any] | None = None
) -> None:
    """Poll as the process does; somebody speaks before and after the database comes to its senses."""
    assert app.updater is not None
    async with app:
        await app.start()
        await app.updater.start_polling(poll_interval=0.05, timeout=timedelta(seconds=1))
        telegram.say(GROUP, EVE, LONG if logged is not None else "one")
        await asyncio.sleep(1)
        mend()
        telegram.say(GROUP, EVE, "two")
        for _ in range(100):
            if count(engine, "messages") == 2:
                break
            await asyncio.sleep(0.1)
        await app.updater.stop()
        await app.stop()
