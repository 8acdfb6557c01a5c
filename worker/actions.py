"""The actions process: calls to Telegram that verdicts and corrections ask for. No classifier, no torch."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from jobs import proxies
from jobs.app import app
from jobs.door import refuse
from jobs.heartbeat import Heartbeat
from jobs.proxies import UnusableProxy
from jobs.settings import JobsSettings
from storage.errors import DatabaseUnreachable
from storage.models import ActionKind
from storage.queries import actions, chats, moves, waits
from storage.queries.actions import Errand, Task
from storage.session import open_engine, reading, transaction
from storage.settings import StorageSettings
from worker.calls import CALLS, TOPIC_GONE
from worker.outcomes import NotDone, RefusedThere, says
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
                common = _present(session, here.settings.moderators_chat_id)
                tasks = actions.claim(session, verdict_id, BATCH, here.settings.lease_seconds, common)
            for task in tasks:
                carry_out(here, here.bot, task)
    except DatabaseUnreachable as error:
        log.warning("database out of reach: actions wait", reason=str(error))


def carry_out(here: Room, bot: Bot, task: Task | Errand) -> None:
    """Make one call and store its outcome: done, failed for good, or to be tried again."""
    with reading(here.engine) as session:  # a call just before this one may have been told to wait, or of a move
        moderators_read = _moderators_read(session, task, here.settings)
        goes_to = task.chat_external_id if task.kind in actions.MODERATION else moderators_read
        seconds = waits.seconds(session, goes_to)
    if seconds:
        _store_delay(here, task, "Telegram asks to wait", seconds)
        return
    try:
        receipt = here.runner.run(CALLS[task.kind](bot, task, moderators_read))
    except NotDone as error:
        log.info("nothing done", kind=task.kind, verdict=task.verdict_id, reason=str(error))
        with transaction(here.engine) as session:
            actions.failed(session, task, str(error))
    except RefusedThere as error:
        _refused(here, task, error.chat_id, error.error)
    except TelegramError as error:
        _refused(here, task, goes_to, error)
    except (KeyError, TypeError, ValueError) as error:  # a row this code cannot carry out must not block the others
        log.exception("action failed", kind=task.kind, verdict=task.verdict_id)
        with transaction(here.engine) as session:
            actions.failed(session, task, f"{type(error).__name__}: {error}")
    else:
        with transaction(here.engine) as session:
            actions.done(session, task, receipt)


def _refused(here: Room, task: Task | Errand, goes_to: int, error: TelegramError) -> None:
    """Store what Telegram answered instead: to wait, to call another number, never, or nothing."""
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
        with transaction(here.engine) as session:
            waits.note(session, goes_to, seconds)
        _store_delay(here, task, "Telegram asks to wait", seconds)
    elif isinstance(error, ChatMigrated):
        with transaction(here.engine) as session:
            chats.moves(session, goes_to, error.new_chat_id)
        _store_delay(here, task, "the group became a supergroup", 0.0)
    elif isinstance(error, BadRequest | Forbidden) and (task.kind == ActionKind.WARN or not says(error, TOPIC_GONE)):
        log.warning("action failed", kind=task.kind, verdict=task.verdict_id, reason=str(error))
        with transaction(here.engine) as session:
            actions.failed(session, task, str(error))
    else:
        log.warning("Telegram out of reach, or a topic closed: actions wait", reason=type(error).__name__)
        pause = min(BACK_OFF_SECONDS * 2 ** min(task.attempts - 1, 10), LONGEST_BACK_OFF_SECONDS)
        _store_delay(here, task, f"{type(error).__name__}: {error}", pause)


def _store_delay(here: Room, task: Task | Errand, error: str, seconds: float) -> None:
    with transaction(here.engine) as session:
        actions.postpone(session, task, error, seconds)


def _present(session: Session, chat_id: int | None) -> int | None:
    """The number that the chat of a setting or a link has now."""
    return moves.present(session, chat_id) if chat_id is not None else None


def _moderators_read(session: Session, task: Task | Errand, settings: ActionsSettings) -> int:
    linked = task.moderators_chat_id or settings.moderators_chat_id
    return _present(session, linked) or moves.present(session, task.chat_external_id)
