"""The actions process: makes the calls to Telegram that verdicts and corrections request. No classifier, no torch."""

from __future__ import annotations

import asyncio
import contextvars
from dataclasses import dataclass
from functools import cache

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from actions import figures
from actions.calls import CALLS
from actions.delivery import TOPIC_GONE
from actions.outcomes import NotDone, RefusedInChat
from actions.settings import ActionsSettings
from jobs import proxies
from jobs.app import app
from jobs.entry_point import refuse
from jobs.heartbeat import Heartbeat
from jobs.proxies import UnusableProxy
from jobs.settings import JobsSettings
from storage.access import chats, moves
from storage.errors import DatabaseUnreachable
from storage.models import ActionKind
from storage.moderation.requested_actions import calls, queue
from storage.moderation.requested_actions.calls import RequestedAction
from storage.processes import rate_limits
from storage.session import open_engine, reading, transaction
from storage.settings import StorageSettings
from telegram_ui.refusals import says
from telegram_ui.requests import CountedRequest
from telegram_ui.waits import seconds_to_wait

BATCH = 10  # calls made under one lease
BACK_OFF_SECONDS, LONGEST_BACK_OFF_SECONDS = 5.0, 900.0  # doubled from attempt to attempt

log = structlog.get_logger()


@dataclass(frozen=True)
class Context:
    """What this process holds while it lives: one event loop, so that the bot's connections stay open."""

    engine: Engine
    settings: ActionsSettings
    heartbeat: Heartbeat
    runner: asyncio.Runner
    bot: Bot | None


@cache
def context() -> Context:
    """Open the database and prepare the bot, once."""
    settings = ActionsSettings()
    bot = None
    if settings.telegram_token is not None:
        bot = _bot(settings.telegram_token.get_secret_value(), settings.telegram_api_url.rstrip("/"))
    engine = open_engine(StorageSettings().address)
    return Context(engine, settings, Heartbeat("actions", JobsSettings()), asyncio.Runner(), bot)


def _bot(token: str, api: str) -> Bot:
    try:
        proxy = proxies.options(api)
    except UnusableProxy as error:
        refuse(str(error))
    requests = [CountedRequest(connection_pool_size=size, httpx_kwargs=proxy) for size in (256, 1)]
    return Bot(token, base_url=f"{api}/bot", request=requests[0], get_updates_request=requests[1])


@app.task(name="worker.act")
def act(verdict_id: int) -> None:
    """Make the calls that this verdict requests."""
    perform(verdict_id)


@app.task(name="worker.sweep_actions")
def sweep_actions() -> None:
    """Once a second: make the calls that wait, whatever requested them."""
    perform(None)


def perform(verdict_id: int | None) -> None:
    """Claim waiting actions (of one verdict, or of any), make each call, store what came of it. Without a bot, they wait."""
    here = context()
    here.heartbeat.beat()
    if here.bot is None:
        return
    try:
        for _ in ("moderation", "notices"):
            with transaction(here.engine) as session:
                common_chat_id = _present_id(session, here.settings.moderators_chat_id)
                claimed = queue.claim(session, verdict_id, BATCH, here.settings.lease_seconds, common_chat_id)
            for action in claimed:
                carry_out(here, here.bot, action)
    except DatabaseUnreachable as error:
        log.warning("database out of reach: actions wait", reason=str(error))


def carry_out(here: Context, bot: Bot, action: RequestedAction) -> None:
    """Make one call and store its outcome: done, failed for good, or to be tried again."""
    with reading(here.engine) as session:  # Telegram may have answered the call before this one with a wait or a move
        moderators_chat_id = _moderators_chat_id(session, action, here.settings)
        called_chat_id = action.chat_external_id if action.kind in calls.MODERATION else moderators_chat_id
        seconds = rate_limits.seconds(session, called_chat_id)
    if seconds:
        _store_delay(here, action, "Telegram asks to wait", seconds)
        return
    try:
        call = CALLS[action.kind](bot, action, moderators_chat_id)
        receipt = here.runner.run(call, context=contextvars.copy_context())  # a runner's own is that of its start
    except NotDone as error:
        log.info("nothing done", kind=action.kind, verdict=action.verdict_id, reason=str(error))
        _store_failure(here, action, str(error))
    except RefusedInChat as error:
        _refused(here, action, error.chat_id, error.error)
    except TelegramError as error:
        _refused(here, action, called_chat_id, error)
    except (KeyError, TypeError, ValueError) as error:  # a row this code cannot carry out must not block the others
        log.exception("action failed", kind=action.kind, verdict=action.verdict_id)
        _store_failure(here, action, f"{type(error).__name__}: {error}")
    else:
        with transaction(here.engine) as session:
            queue.done(session, action, receipt)
        figures.ACTIONS.labels(action.kind, "done").inc()


def _refused(here: Context, action: RequestedAction, called_chat_id: int, error: TelegramError) -> None:
    """Store what came instead: a wait, another id of the chat, a refusal for good, or no answer."""
    if isinstance(error, RetryAfter):
        seconds = seconds_to_wait(error)
        with transaction(here.engine) as session:
            rate_limits.note(session, called_chat_id, seconds)
        _store_delay(here, action, "Telegram asks to wait", seconds)
    elif isinstance(error, ChatMigrated):
        with transaction(here.engine) as session:
            chats.move_group(session, called_chat_id, error.new_chat_id)
        _store_delay(here, action, "the group became a supergroup", 0.0)
    elif isinstance(error, BadRequest | Forbidden) and (action.kind == ActionKind.WARN or not says(error, TOPIC_GONE)):
        log.warning("action failed", kind=action.kind, verdict=action.verdict_id, reason=str(error))
        _store_failure(here, action, str(error))
    else:
        log.warning("Telegram out of reach, or a topic closed: actions wait", reason=type(error).__name__)
        pause = min(BACK_OFF_SECONDS * 2 ** min(action.attempts - 1, 10), LONGEST_BACK_OFF_SECONDS)
        _store_delay(here, action, f"{type(error).__name__}: {error}", pause)


def _store_delay(here: Context, action: RequestedAction, error: str, seconds: float) -> None:
    with transaction(here.engine) as session:
        queue.postpone(session, action, error, seconds)
    figures.ACTIONS.labels(action.kind, "postponed").inc()


def _store_failure(here: Context, action: RequestedAction, error: str) -> None:
    with transaction(here.engine) as session:
        queue.failed(session, action, error)
    figures.ACTIONS.labels(action.kind, "failed").inc()


def _present_id(session: Session, chat_id: int | None) -> int | None:
    """The id that the chat of a setting or a link has now."""
    return moves.present(session, chat_id) if chat_id is not None else None


def _moderators_chat_id(session: Session, action: RequestedAction, settings: ActionsSettings) -> int:
    """The chat that the notices go to: the group's own, the common one, or the group itself."""
    chat_id = action.moderators_chat_id or settings.moderators_chat_id
    return _present_id(session, chat_id) or moves.present(session, action.chat_external_id)
