"""Requested actions that wait: claimed under a lease, done once, tried again later, or given up visibly."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, or_, select, update
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.elements import ColumnElement

from storage.access import moves
from storage.models import Action, ActionKind, ActionState, Chat, Message, Verdict, now
from storage.moderation import cases, posted_again, sanctions, sanctions_in_force, shared_bans
from storage.moderation.requested_actions import leases, loading, requests
from storage.moderation.requested_actions.calls import MODERATION, ChatAction, RequestedAction, VerdictAction
from storage.processes import rate_limits
from storage.rules import UNDOES, UNDONE_BY
from storage.sanctions import not_done

MAX_ATTEMPTS = 200  # with pauses of up to 15 minutes, two days: later Telegram deletes nothing any more


def claim(
    session: Session, verdict_id: int | None, limit: int, lease_seconds: float, notices_to: int | None = None
) -> list[RequestedAction]:
    """Take waiting actions (of one verdict, or of any) for `lease_seconds`; notices only where no moderation waits.

    So a notice knows what came of the moderation before it. Calls to a chat under a rate limit of Telegram's stay in
    the queue; `notices_to` is where notices of groups without a moderators' chat go.
    """
    holder, moment = uuid.uuid4().hex, now()
    waiting = _waiting(session, moment, notices_to)
    if verdict_id is not None:
        waiting = waiting.where(Action.verdict_id == verdict_id)
    moderation = waiting.where(Action.kind.in_(MODERATION))
    if session.scalars(moderation.limit(1)).first() is not None:
        waiting = moderation
    waiting = waiting.order_by(Action.id).limit(limit)
    once = waiting.with_for_update(skip_locked=True).cte("free")  # a plain sub-select may run twice
    lease = {"lease_holder": holder, "lease_until": moment + timedelta(seconds=lease_seconds)}
    claimed = update(Action).where(Action.id.in_(select(once.c.id)))
    statement = claimed.values(**lease, attempts=Action.attempts + 1).returning(Action.id)
    action_ids = session.scalars(statement.execution_options(synchronize_session=False)).all()
    actions: list[RequestedAction] = []
    actions.extend(loading.verdict_actions(session, holder, action_ids))
    actions.extend(loading.chat_actions(session, holder, action_ids))
    return [action for action in actions if not _was_put_off(session, action)]


def _waiting(session: Session, moment: datetime, notices_to: int | None) -> Select[int]:
    """The actions that may be claimed now."""
    is_free = or_(Action.lease_until.is_(None), Action.lease_until < moment)
    waiting = select(Action.id).where(Action.state == ActionState.PENDING, Action.not_before <= moment, is_free)
    waiting = waiting.where(~_opposite_is_under_way(moment))
    if limited := rate_limits.chats(session):
        waiting = waiting.where(Action.id.not_in(_going_to(limited, notices_to)))
    return waiting


def _going_to(chats: set[int], notices_to: int | None) -> Select[int]:
    """Pending actions whose call goes to one of these chats: moderation to the group, the rest to its moderators."""
    moderators_chat = func.coalesce(Chat.moderators_chat_id, notices_to, Chat.external_id)
    destination = case((Action.kind.in_(MODERATION), Chat.external_id), else_=moderators_chat)
    rows = select(Action.id).outerjoin(Verdict, Verdict.id == Action.verdict_id)
    rows = rows.outerjoin(Message, Message.id == Verdict.message_id)
    rows = rows.join(Chat, Chat.id == func.coalesce(Action.chat_id, Message.chat_id))
    return rows.where(Action.state == ActionState.PENDING, destination.in_(chats))


def _opposite_is_under_way(moment: datetime) -> ColumnElement[bool]:
    """Whether the opposite of this action is being done right now: the later request has to come last."""
    other = aliased(Action)
    pairs = [(Action.kind == kind) & (other.kind == undo) for kind, undo in (UNDOES | UNDONE_BY).items()]
    same_verdict = (other.verdict_id == Action.verdict_id) & (other.state == ActionState.PENDING)
    return select(other.id).where(same_verdict, other.lease_until >= moment, or_(*pairs)).correlate(Action).exists()


def _was_put_off(session: Session, action: RequestedAction) -> bool:
    """Whether a release was put off: another sanction lasts longer, and the release would lift that one too."""
    if action.kind not in UNDONE_BY or action.until is None or (user_id := _person(action)) is None:
        return False
    return sanctions.put_off_release(session, action.action_id, _chat(session, action), user_id)


def done(session: Session, task: RequestedAction, receipt: dict[str, Any]) -> None:
    """The call was made: record that, end what it undoes, and bring the notices about its person up to date."""
    _cancel_opposite(session, task)
    user_id = _person(task)
    if task.kind in UNDONE_BY and user_id is not None:
        sanctions.mark_lifted(session, _chat(session, task), user_id, task.kind)
    if task.kind == ActionKind.NOTIFY:
        receipt = receipt | _earlier_notice(session, task)
    is_taken_back = posted_again.is_taken_back(session, task.action_id)
    ended = {"state": ActionState.DONE, "receipt": receipt, "error": None, "done_at": now(), "unanswered": 0}
    leases.end(session, task, ended)
    if is_taken_back and "message_id" in receipt:  # while it was being posted
        requests.ask_in_chat(session, _chat(session, task), ActionKind.DELETE, message_id=receipt["message_id"])
    if isinstance(task, ChatAction) and task.case is not None and cases.read(session, task.action_id) != task.case:
        cases.refresh(session, task.action_id, cases.UPDATED_AFTER)
    if task.kind in UNDOES:
        sanctions.schedule_release(session, task.action_id, receipt)
    if user_id is not None and not receipt.get("stood"):
        _amend_notices(session, task, user_id)
    if task.kind == ActionKind.AMEND and "message_id" in receipt:
        notice = update(Action).where(Action.verdict_id == task.verdict_id, Action.kind == ActionKind.NOTIFY)
        session.execute(notice.values(receipt=receipt))


def _cancel_opposite(session: Session, task: RequestedAction) -> None:
    """What the call undoes, or what had undone it before, holds no longer."""
    opposite = (UNDOES | UNDONE_BY).get(task.kind)
    if opposite is not None and task.verdict_id is not None:
        earlier = update(Action).where(Action.verdict_id == task.verdict_id, Action.kind == opposite)
        session.execute(earlier.where(Action.state == ActionState.DONE).values(state=ActionState.CANCELLED))


def _earlier_notice(session: Session, task: RequestedAction) -> dict[str, Any]:
    """Where the notice stands that an appeal adds another to."""
    receipt = session.scalars(select(Action.receipt).where(Action.id == task.action_id)).one_or_none()
    if not receipt or moves.is_dead(session, receipt.get("chat_id")):
        return {}
    return {"earlier": {name: value for name, value in receipt.items() if name != "earlier"}}


def _amend_notices(session: Session, task: RequestedAction, user_id: int) -> None:
    """Have every notice about this person say which sanction holds from now on, and the one that another group's is for."""
    if task.kind in UNDOES or task.kind in UNDONE_BY:
        about = sanctions_in_force.verdicts_with_notices(session, _chat(session, task), user_id)
        for verdict_id in {*about, *shared_bans.verdicts_of(session, task.action_id)}:
            requests.ask(session, verdict_id, ActionKind.AMEND)


def _person(task: RequestedAction) -> int | None:
    """Whom the call concerns."""
    return task.author_id if isinstance(task, VerdictAction) else task.user_id


def _chat(session: Session, task: RequestedAction) -> int:
    """The row of the chat that the call concerns."""
    if isinstance(task, ChatAction):
        return task.chat_id
    of_verdict = select(Message.chat_id).join(Verdict, Verdict.message_id == Message.id)
    return session.scalars(of_verdict.where(Verdict.id == task.verdict_id)).one()


def failed(session: Session, task: RequestedAction, error: str) -> None:
    """The call can never succeed: the reason stays on the row, and moderators are told."""
    leases.end(session, task, {"state": ActionState.FAILED, "error": error})
    if task.kind in MODERATION and task.kind != ActionKind.REMOVE:
        _tell_moderators(session, task, error)


def _tell_moderators(session: Session, task: RequestedAction, error: str) -> None:
    """By the notice, or by a sentence where an order has none; the review page shows it for a raid's messages."""
    notice = select(Action.id).where(Action.verdict_id == task.verdict_id, Action.kind == ActionKind.NOTIFY)
    if task.verdict_id is not None and session.scalars(notice).first() is not None:
        requests.ask(session, task.verdict_id, ActionKind.AMEND)
    elif not (task.is_automatic and task.kind in UNDOES):  # the group that shares a ban decides nothing about it
        requests.announce_once(session, _chat(session, task), not_done(task.kind, error))


def postpone(
    session: Session, task: RequestedAction, error: str, seconds: float, *, may_be_posted: bool = False
) -> None:
    """Try again after `seconds`, unless it was tried MAX_ATTEMPTS times."""
    attempts = session.scalars(select(Action.attempts).where(Action.id == task.action_id)).one_or_none()
    if attempts is None:  # the notice became part of a case meanwhile, or what it was about is forgotten
        return
    if attempts >= MAX_ATTEMPTS:
        failed(session, task, f"given up after {attempts} attempts: {error}")
    else:
        later = {"error": error, "not_before": now() + timedelta(seconds=seconds)}
        leases.end(session, task, later | {"unanswered": task.unanswered + may_be_posted})
