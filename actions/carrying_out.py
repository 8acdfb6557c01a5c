"""Makes one requested call, and stores what came of it: done, failed for good, or to be tried again."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from sqlalchemy.orm import Session
from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError, TimedOut

from actions import figures
from actions.calls import CALLS
from actions.context import Context, Outcome
from actions.delivery import TOPIC_GONE
from actions.outcomes import NotDone, Receipt, RefusedInChat, Unanswered
from actions.settings import ActionsSettings
from storage.access import chats, moves
from storage.errors import DatabaseUnreachable
from storage.models import ActionKind
from storage.moderation.requested_actions import calls, leases, queue
from storage.moderation.requested_actions.calls import RequestedAction
from storage.processes import rate_limits
from storage.sanctions import Reason
from storage.session import transaction
from telegram_ui.refusals import says
from telegram_ui.waits import seconds_to_wait

BACK_OFF_SECONDS, LONGEST_BACK_OFF_SECONDS = 5.0, 900.0  # doubled from attempt to attempt
UNANSWERED_SECONDS = 60.0  # before a post is made a second time: what delays answers lasts longer than a few seconds
LEASE_MARGIN_SECONDS = 5.0  # that a lease lasts longer than the call

log = structlog.get_logger()


def carry_out(here: Context, bot: Bot, action: RequestedAction) -> None:
    """Make one call and store its outcome; skip it where another process has taken it. Raises DatabaseUnreachable.

    A post that was not answered twice is given up.
    """
    if action.unanswered >= leases.MAX_UNANSWERED and calls.may_post(action):
        _fail(here, action, Reason.UNANSWERED)
        return
    with transaction(here.engine) as session:  # the call before this one may have been answered with a wait or a move
        moderators_chat_id = _moderators_chat_id(session, action, here.settings)
        called_chat_id = action.chat_external_id if action.kind in calls.MODERATION else moderators_chat_id
        wait = rate_limits.seconds(session, called_chat_id)
        lease_seconds = max(here.settings.lease_seconds, here.call_seconds + LEASE_MARGIN_SECONDS)
        is_ours = not wait and leases.begin(session, action, lease_seconds)
    if wait:
        _put_off(here, action, "Telegram asks to wait", wait)
    elif is_ours:
        _call(here, action, called_chat_id, CALLS[action.kind](bot, action, moderators_chat_id))
    else:
        log.info("another process makes this call, or it is not wanted any more", kind=action.kind)


def _call(here: Context, action: RequestedAction, chat_id: int, call: Coroutine[Any, Any, Receipt]) -> None:
    try:
        bounded = _bounded(call, here.call_seconds, is_post=calls.may_post(action))
        receipt = here.runner.run(bounded, context=contextvars.copy_context())  # a runner's own is that of its start
    except NotDone as error:
        log.info("nothing done", kind=action.kind, verdict=action.verdict_id, reason=str(error))
        _fail(here, action, str(error))
    except RefusedInChat as error:
        _refused(here, action, error.chat_id, error.error)
    except TelegramError as error:
        _refused(here, action, chat_id, error)
    except (KeyError, TypeError, ValueError) as error:  # a row this code cannot carry out must not block the others
        log.exception("action failed", kind=action.kind, verdict=action.verdict_id)
        _fail(here, action, f"{type(error).__name__}: {error}")
    else:
        _store(here, action, "done", lambda session: queue.done(session, action, receipt))


async def _bounded(call: Coroutine[Any, Any, Receipt], seconds: float, *, is_post: bool) -> Receipt:
    """The call's receipt, in less time than its lease lasts."""
    try:
        async with asyncio.timeout(seconds):
            return await call
    except TimeoutError as error:
        raise (Unanswered if is_post else TimedOut)(f"no end after {seconds:.0f} s") from error


def _refused(here: Context, action: RequestedAction, called_chat_id: int, error: TelegramError) -> None:
    """Store what came instead: a wait, another id of the chat, a refusal for good, or no answer."""
    if isinstance(error, RetryAfter):
        _wait(here, action, called_chat_id, seconds_to_wait(error))
    elif isinstance(error, ChatMigrated):
        _move(here, action, called_chat_id, error.new_chat_id)
    elif isinstance(error, Unanswered):
        _doubt(here, action, error)
    elif isinstance(error, BadRequest | Forbidden) and (action.kind == ActionKind.WARN or not says(error, TOPIC_GONE)):
        log.warning("action failed", kind=action.kind, verdict=action.verdict_id, reason=str(error))
        _fail(here, action, str(error))
    else:
        log.warning("Telegram out of reach, or a topic closed: actions wait", reason=type(error).__name__)
        pause = min(BACK_OFF_SECONDS * 2 ** min(action.attempts - 1, 10), LONGEST_BACK_OFF_SECONDS)
        _put_off(here, action, f"{type(error).__name__}: {error}", pause)


def _wait(here: Context, action: RequestedAction, chat_id: int, seconds: float) -> None:
    def store(session: Session) -> None:
        rate_limits.note(session, chat_id, seconds)
        queue.postpone(session, action, "Telegram asks to wait", seconds)

    _store(here, action, "postponed", store)


def _move(here: Context, action: RequestedAction, chat_id: int, new_chat_id: int) -> None:
    def store(session: Session) -> None:
        chats.move_group(session, chat_id, new_chat_id)
        queue.postpone(session, action, "the group became a supergroup", 0.0)

    _store(here, action, "postponed", store)


def _doubt(here: Context, action: RequestedAction, error: Unanswered) -> None:
    """A post may stand in the chat: it is made once more, later, and then given up."""
    log.warning("no answer to a post: it may have been posted", kind=action.kind, verdict=action.verdict_id)
    if action.unanswered + 1 >= leases.MAX_UNANSWERED:
        _fail(here, action, Reason.UNANSWERED)
    else:
        _put_off(here, action, f"no answer to a post: {error}", UNANSWERED_SECONDS, may_be_posted=True)


def _put_off(
    here: Context, action: RequestedAction, error: str, seconds: float, *, may_be_posted: bool = False
) -> None:
    def store(session: Session) -> None:
        queue.postpone(session, action, error, seconds, may_be_posted=may_be_posted)

    _store(here, action, "postponed", store)


def _fail(here: Context, action: RequestedAction, error: str) -> None:
    _store(here, action, "failed", lambda session: queue.failed(session, action, error))


def _store(here: Context, action: RequestedAction, state: str, store: Callable[[Session], None]) -> None:
    here.unstored.append(Outcome(action.kind, state, store))
    settle(here)


def settle(here: Context) -> None:
    """Store what came of calls, the first one first. Raises DatabaseUnreachable; what is not stored then is kept."""
    while here.unstored:
        outcome = here.unstored.popleft()
        try:
            with transaction(here.engine) as session:
                outcome.store(session)
        except DatabaseUnreachable:
            here.unstored.appendleft(outcome)
            raise
        except Exception:  # such as a row that is gone: it must not keep the others from being stored
            log.exception("what came of a call could not be stored", kind=outcome.kind, state=outcome.state)
            continue
        figures.ACTIONS.labels(outcome.kind, outcome.state).inc()


def present_id(session: Session, chat_id: int | None) -> int | None:
    """The id that the chat of a setting or a link has now."""
    return moves.present(session, chat_id) if chat_id is not None else None


def _moderators_chat_id(session: Session, action: RequestedAction, settings: ActionsSettings) -> int:
    """The chat that the notices go to: the group's own, the common one, or the group itself."""
    chat_id = action.moderators_chat_id or settings.moderators_chat_id
    return present_id(session, chat_id) or moves.present(session, action.chat_external_id)
