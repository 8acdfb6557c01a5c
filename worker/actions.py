"""The actions process: calls to Telegram that verdicts and corrections ask for. No classifier, no torch."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import structlog
from sqlalchemy import Engine
from telegram import Bot
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from jobs import proxies
from jobs.app import app
from jobs.door import refuse
from jobs.heartbeat import Heartbeat
from jobs.proxies import UnusableProxy
from jobs.settings import JobsSettings
from storage.errors import DatabaseUnreachable
from storage.queries import actions, waits
from storage.queries.actions import Errand, Task
from storage.session import open_engine, reading, transaction
from storage.settings import StorageSettings
from worker.calls import CALLS
from worker.settings import ActionsSettings

BATCH = 10  # calls made under one lease
BACK_OFF_SECONDS, LONGEST_BACK_OFF_SECONDS = 5.0, 900.0  # doubled from attempt to attempt

log = structlog.get_logger()


@dataclass(frozen=True)
class Room:
    """What this process holds while it lives: one event loop, so that the bot's connections stay open."""

    engine: Engine
    settings: ActionsSettings
    heartbeat: Heartbeat
    runner: asyncio.Runner
    bot: Bot | None


@cache
def room() -> Room:
    """Open the database and prepare the bot, once."""
    settings = ActionsSettings()
    bot = None
    if settings.telegram_token is not None:
        bot = _bot(settings.telegram_token.get_secret_value(), settings.telegram_api_url.rstrip("/"))
    engine = open_engine(StorageSettings().address)
    return Room(engine, settings, Heartbeat("actions", JobsSettings()), asyncio.Runner(), bot)


def _bot(token: str, api: str) -> Bot:
    try:
        through = proxies.options(api)
    except UnusableProxy as error:
        refuse(str(error))
    requests = [HTTPXRequest(connection_pool_size=size, httpx_kwargs=through) for size in (256, 1)]
    return Bot(token, base_url=f"{api}/bot", request=requests[0], get_updates_request=requests[1])


@app.task(name="worker.act")
def act(verdict_id: int) -> None:
    """Do what this verdict asks for."""
    perform(verdict_id)


@app.task(name="worker.sweep_actions")
def sweep_actions() -> None:
    """Once a second: do what waits, whoever asked for it."""
    perform(None)


def perform(verdict_id: int | None) -> None:
    """Claim waiting actions, make each call, store what came of it. Without a bot, they wait."""
    here = room()
    here.heartbeat.beat()
    if here.bot is None:
        return
    try:
        for _ in ("moderation", "notices"):
            with transaction(here.engine) as session:
                tasks = actions.claim(
                    session, verdict_id, BATCH, here.settings.lease_seconds, here.settings.moderators_chat_id
                )
            for task in tasks:
                carry_out(here, here.bot, task)
    except DatabaseUnreachable as error:
        log.warning("database out of reach: actions wait", reason=str(error))


def carry_out(here: Room, bot: Bot, task: Task | Errand) -> None:
    """Make one call and store its outcome: done, failed for good, or to be tried again."""
    with reading(here.engine) as session:  # a call just before this one may have been told to wait
        seconds = waits.seconds(session, _goes_to(task, here.settings))
    if seconds:
        _store_delay(here, task, "Telegram asks to wait", seconds)
        return
    try:
        receipt = here.runner.run(_call(bot, task, here.settings))
    except RetryAfter as error:
        wait = error.retry_after
        seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
        with transaction(here.engine) as session:
            waits.note(session, _goes_to(task, here.settings), seconds)
        _store_delay(here, task, "Telegram asks to wait", seconds)
    except (BadRequest, Forbidden) as error:
        log.warning("action failed", kind=task.kind, verdict=task.verdict_id, reason=str(error))
        with transaction(here.engine) as session:
            actions.failed(session, task, str(error))
    except TelegramError as error:
        log.warning("Telegram out of reach: actions wait", reason=type(error).__name__)
        pause = min(BACK_OFF_SECONDS * 2 ** min(task.attempts - 1, 10), LONGEST_BACK_OFF_SECONDS)
        _store_delay(here, task, f"{type(error).__name__}: {error}", pause)
    except (KeyError, TypeError, ValueError) as error:  # a row this code cannot carry out must not block the others
        log.exception("action failed", kind=task.kind, verdict=task.verdict_id)
        with transaction(here.engine) as session:
            actions.failed(session, task, f"{type(error).__name__}: {error}")
    else:
        with transaction(here.engine) as session:
            actions.done(session, task, receipt)


def _store_delay(here: Room, task: Task | Errand, error: str, seconds: float) -> None:
    with transaction(here.engine) as session:
        actions.postpone(session, task, error, seconds)


async def _call(bot: Bot, task: Task | Errand, settings: ActionsSettings) -> dict[str, Any]:
    return await CALLS[task.kind](bot, task, _moderators_read(task, settings))


def _moderators_read(task: Task | Errand, settings: ActionsSettings) -> int:
    return task.moderators_chat_id or settings.moderators_chat_id or task.chat_external_id


def _goes_to(task: Task | Errand, settings: ActionsSettings) -> int:
    """The chat that the call is made to."""
    return task.chat_external_id if task.kind in actions.MODERATION else _moderators_read(task, settings)
