"""Messages that a chat's policy for newcomers holds, or shows to the moderators: taken out, decided, forgotten."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.orm import Session

from storage import nights, rules
from storage.access import audit, chats, switches
from storage.arrays import among
from storage.errors import UnknownHold
from storage.models import (
    Action,
    ActionKind,
    ActionState,
    Chat,
    Hold,
    HoldState,
    Message,
    MessageState,
    Mode,
    Order,
    OrderKind,
    Verdict,
    now,
)
from storage.moderation import albums, held_albums, orders
from storage.moderation.orders import Command
from storage.moderation.policies.holds import REPORTS, WORDLESS
from storage.moderation.requested_actions import requests

OPEN = (HoldState.HELD, HoldState.SHOWN)


@dataclass(frozen=True)
class Decision:
    """What became of a held message, and who decided that."""

    state: HoldState
    by: str
    is_new: bool  # it was decided just now


def hold(session: Session, message: Message, chat: Chat, reason: str) -> None:
    """Take the message and its album out of the chat, or only show it, and tell the moderators, unless the chat is paused.

    It stays where a moderator has ordered something about it, or its album was flagged: that decides.
    """
    if chat.paused_at is not None or switches.is_stopped(session) or _is_decided_otherwise(session, message):
        return
    is_taken_out = chat.mode != Mode.OBSERVE and (reason != WORDLESS or chat.chosen.wordless == "hold")
    state = HoldState.HELD if is_taken_out else HoldState.SHOWN
    earlier = session.get(Hold, message.id)
    if earlier is not None and earlier.reason == REPORTS:
        return  # a verdict decides about what members' reports had hidden
    if earlier is None:
        session.add(Hold(message_id=message.id, reason=reason, state=state))
    elif earlier.state != HoldState.HELD:  # edited since
        earlier.reason, earlier.state, earlier.decided_by, earlier.decided_at = reason, state, None, None
    session.flush()
    if is_taken_out:
        held_albums.take_out(session, message, reason)
    _show(session, message, chat)


def _is_decided_otherwise(session: Session, message: Message) -> bool:
    parts = albums.together(session, message)
    ordered = select(Order.id).where(Order.message_id.in_([part.id for part in parts])).limit(1)
    return any(part.state == MessageState.SPAM for part in parts) or session.scalars(ordered).first() is not None


def _show(session: Session, message: Message, chat: Chat) -> None:
    """Bring the notice up to date, or ask for one: one an album, and no more than the moderators can take in."""
    parts = albums.together(session, message)
    numbers = [part.message_id for part in parts]
    notices = select(Action).filter_by(chat_id=message.chat_id, kind=ActionKind.HOLD)
    if session.scalars(notices.where(Action.message_id.in_(numbers)).limit(1)).first() is not None:
        _refresh(session, parts)
        return
    fill, within = rules.RAIDS[0]
    begins = nights.from_when(chat.chosen.quiet_night, chat.chosen.time_zone, now())
    is_recent = or_(Action.created_at > now() - within, Action.not_before > now())  # or waits for the morning
    recent = select(func.count()).select_from(notices.where(is_recent).subquery())
    if session.scalars(recent).one() >= fill:
        requests.announce_once(session, chat.id, rules.MORE_HELD, begins)
    else:
        requests.ask_in_chat(session, chat.id, ActionKind.HOLD, message_id=message.message_id, not_before=begins)


def _refresh(session: Session, parts: Sequence[Message]) -> None:
    """Have the notice about these parts of an album say what is so now; one that waits will anyway."""
    notices = update(Action).where(Action.chat_id == parts[0].chat_id, Action.kind == ActionKind.HOLD)
    notices = notices.where(Action.message_id.in_([part.message_id for part in parts]))
    notices = notices.where(Action.state.in_((ActionState.DONE, ActionState.FAILED)))
    again = {"state": ActionState.PENDING, "attempts": 0, "not_before": now(), "error": None}
    again["unanswered"] = case((Action.receipt.is_not(None), 0), else_=Action.unanswered)  # as the call is an edit then
    session.execute(notices.values(**again, lease_holder=None, lease_until=None))


def concerned(session: Session, message_row: int, allowed: tuple[int, ...] | None = None) -> tuple[Message, Chat, Hold]:
    """A message that is or was held, with its chat, if that is one of those allowed. Raises UnknownHold."""
    hold_row, message = session.get(Hold, message_row), session.get(Message, message_row)
    if (
        hold_row is None
        or hold_row.reason == REPORTS
        or message is None
        or (allowed is not None and message.chat_id not in allowed)
    ):
        raise UnknownHold(message_row)
    return message, chats.get(session, message.chat_id), hold_row


def decide(
    session: Session,
    message_row: int,
    lets_in: bool,
    actor: str,
    name: str,
    allowed: tuple[int, ...] | None = None,
) -> Decision:
    """Let a held message and its album in again, or refuse it; of one that was only shown, leave it, or delete it and ban.

    The first decision stands. Raises UnknownHold.
    """
    message, chat, hold_row = concerned(session, message_row, allowed)
    parts = albums.together(session, message)
    if hold_row not in _locked(session, parts):
        raise UnknownHold(message_row)  # forgotten just now
    if hold_row.state not in OPEN:
        return Decision(hold_row.state, hold_row.decided_by or "", is_new=False)
    was_shown = hold_row.state == HoldState.SHOWN
    for part in parts:
        _close(session, part, HoldState.RELEASED if lets_in else HoldState.REFUSED, name)
    if was_shown and not lets_in:
        orders.give(session, Command(message.id, OrderKind.BAN, actor, name))
    _refresh(session, parts)
    audit.note(session, actor, audit.DECISION, f"held message {message.id}: {hold_row.state}", chat.id)
    return Decision(hold_row.state, name, is_new=True)


def _locked(session: Session, parts: Sequence[Message]) -> Sequence[Hold]:
    """The holds of an album as they are now, locked in one order, whichever part is decided."""
    holds = select(Hold).where(Hold.message_id.in_([part.id for part in parts])).order_by(Hold.message_id)
    return session.scalars(holds.with_for_update().execution_options(populate_existing=True)).all()


def _close(session: Session, part: Message, state: HoldState, name: str) -> None:
    hold_row = session.get(Hold, part.id, with_for_update=True)
    if hold_row is None or hold_row.state not in OPEN:
        return
    was_held, hold_row.state = hold_row.state == HoldState.HELD, state
    hold_row.decided_by, hold_row.decided_at = name, now()
    if was_held and state == HoldState.RELEASED:
        if part.state == MessageState.HELD:
            part.state = MessageState.HAM if _is_judged(session, part) else MessageState.NOTHING_TO_JUDGE
        _restore(session, part, hold_row)
    session.flush()


def _is_judged(session: Session, message: Message) -> bool:
    verdicts = select(Verdict.id).filter_by(message_id=message.id, edit=message.edit, is_shadow=False)
    return session.scalars(verdicts.limit(1)).first() is not None


def _restore(session: Session, part: Message, hold_row: Hold) -> None:
    """Ask for it to be posted again, unless it still stands there: its deletion is cancelled, or had failed."""
    number = abs(part.message_id)  # in the chat that it was deleted in, which may have become a supergroup since
    deletions = select(Action).filter_by(chat_id=part.chat_id, message_id=number, kind=ActionKind.DELETE)
    deletions = deletions.where(Action.created_at >= hold_row.created_at).with_for_update()
    is_gone = False
    for deletion in session.scalars(deletions):
        is_being_made = deletion.lease_until is not None and deletion.lease_until >= now()
        if deletion.state == ActionState.PENDING and not is_being_made:
            deletion.state = ActionState.CANCELLED
        is_gone = is_gone or deletion.state in (ActionState.PENDING, ActionState.DONE)
    if is_gone:
        about = {"message_id": part.message_id, "thread_id": part.thread_id}
        session.add(Action(chat_id=part.chat_id, kind=ActionKind.RESTORE, **about))


def forget(session: Session, message_rows: Collection[int]) -> None:
    """Erase that the messages were held and the notices that show them; what waits to be posted again is not."""
    held = select(Hold).where(among(Hold.message_id, message_rows)).order_by(Hold.message_id)
    for hold_row in session.scalars(held.with_for_update()).all():
        message = session.get_one(Message, hold_row.message_id)
        session.delete(hold_row)
        is_about_it = (Action.chat_id == message.chat_id) & (Action.message_id == message.message_id)
        restoring = update(Action).where(is_about_it, Action.kind == ActionKind.RESTORE)
        restoring = restoring.where(Action.state == ActionState.PENDING)
        session.execute(restoring.values(state=ActionState.CANCELLED))
        _refresh(session, [message])
