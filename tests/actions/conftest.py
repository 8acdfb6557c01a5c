"""A Telegram server, the bot that calls it, and a flagged message whose notice waits."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from telegram import Bot

from actions.context import Context
from actions.requests import PatientRequest
from actions.settings import ActionsSettings
from jobs.heartbeat import Heartbeat
from jobs.settings import JobsSettings
from tests.actions.performing import GROUP, MODERATORS, OWN_MODERATORS
from tests.storage import given
from tests.telegram_server import TOKEN, TelegramServer, user


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


@pytest.fixture(scope="module")
def one_telegram() -> Iterator[TelegramServer]:
    """Started once: to stop it takes half a second."""
    with TelegramServer() as server:
        for chat_id in (GROUP, MODERATORS, OWN_MODERATORS):
            server.add_group(chat_id, "a group")
        yield server


@pytest.fixture
def telegram(one_telegram: TelegramServer) -> TelegramServer:
    one_telegram.messages.clear()
    one_telegram.calls.clear()
    return one_telegram


@pytest.fixture(scope="module")
def connection(one_telegram: TelegramServer) -> Iterator[tuple[asyncio.Runner, Bot]]:
    """The bot and its event loop, made once as in the process."""
    bot = Bot(TOKEN, base_url=f"{one_telegram.url}/bot", request=PatientRequest())
    with asyncio.Runner() as runner:
        yield runner, bot
        runner.run(bot.request.shutdown())


@pytest.fixture
def context(engine: Engine, connection: tuple[asyncio.Runner, Bot], monkeypatch: pytest.MonkeyPatch) -> Context:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # without it python-telegram-bot warns at every flood
    return Context(engine, ActionsSettings(), Heartbeat("actions", JobsSettings()), *connection)


@pytest.fixture
def verdict(engine: Engine, telegram: TelegramServer) -> int:
    """A flagged message whose notice waits."""
    message_id = telegram.say(GROUP, user(7, "Ann"), "buy now")
    return given.verdict(engine, given.version(engine), given.incoming("buy now", message_id))
