"""A ladder of warnings: where a chat wants it, the second or third within 30 days mutes a member, and a later one bans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import distinct, func, or_, select, update
from sqlalchemy.orm import Session

from storage.models import (
    Action,
    ActionKind,
    ActionState,
    Chat,
    ChatSettings,
    Correction,
    CorrectionState,
    Message,
    Order,
    OrderKind,
    Verdict,
    now,
)
from storage.moderation import albums, posted_again
from storage.rules import Term
from storage.types import ERASED

WITHIN = timedelta(days=30)  # for which a warning counts
MUTE = Term(timedelta(days=1))


@dataclass(frozen=True)
class Step:
    """What a warning leads to besides the deletion of the message."""

    kind: ActionKind
    term: Term


@dataclass(frozen=True)
class CountedWarning:
    """A warning as the group reads it: which one it is, of how many, and what it leads to."""

    number: int
    last: int
    step: Step | None


def step(settings: ChatSettings, number: int) -> Step | None:
    """What the warning of that number leads to in a chat that chose this."""
    if settings.warnings_ban and number >= settings.warnings_ban:
        return Step(ActionKind.BAN, Term.of_days(settings.ban_days))
    if settings.warnings_mute and number >= settings.warnings_mute:
        return Step(ActionKind.RESTRICT, MUTE)
    return None


def next_one(session: Session, chat: Chat, message_row: int) -> CountedWarning | None:
    """The warning that is about to be given for this message; None where the chat does not count them."""
    settings = chat.chosen
    if not (settings.warnings_mute or settings.warnings_ban):
        return None
    message = albums.worded(session, session.get_one(Message, message_row))  # the part that an order is about
    if message.author_id is None:
        return None
    number = _count(session, chat.id, message.author_id, besides=message.id) + 1
    last = max(settings.warnings_mute, settings.warnings_ban, number)
    return CountedWarning(number, last, step(settings, number))


def step_of(session: Session, order: Order) -> Step | None:
    """What an order leads to as the warning that it is; None for any other order."""
    if order.kind != OrderKind.WARN:
        return None
    chat_id = select(Message.chat_id).where(Message.id == order.message_id)
    warning = next_one(session, session.scalars(select(Chat).where(Chat.id.in_(chat_id))).one(), order.message_id)
    return warning.step if warning is not None else None


def _count(session: Session, chat_id: int, author_id: int, besides: int) -> int:
    """For how many other messages this author was warned lately; a message that was decided ham since counts no more."""
    ham = select(Correction.id).join(Verdict, Verdict.id == Correction.verdict_id)
    ham = ham.where(Verdict.message_id == Message.id, ~Correction.is_spam)
    ham = ham.where(Correction.state == CorrectionState.ACCEPTED).correlate(Message)
    warned = select(func.count(distinct(Order.message_id))).join(Message, Message.id == Order.message_id)
    warned = warned.where(Message.chat_id == chat_id, Message.author_id == author_id, Message.id != besides)
    warned = warned.where(Order.kind == OrderKind.WARN, Order.created_at > now() - WITHIN, ~ham.exists())
    return session.scalars(warned).one()


def forget(session: Session, user_id: int) -> None:
    """Erase the warnings that name this person: what was posted in a group is deleted, what waits is not posted."""
    warned = select(Action, Chat).join(Chat, Chat.id == Action.chat_id)
    warned = warned.where(Action.kind == ActionKind.WARN, Action.user_id == user_id).order_by(Action.id)
    for action, chat in session.execute(warned.with_for_update(of=Action)).all():
        posted_again.take_back_call(session, action, chat)
        action.text, action.user_id = ERASED, None
    session.flush()


def expire(session: Session, days: float | None) -> int:
    """Erase of warnings older than `days` what they said, and to whom; the sentence in the group stays, as notices do.

    Of those that were posted when it was not stored yet whom they name, at once. Returns how many warnings.
    """
    is_old = [] if days is None else [Action.created_at < now() - timedelta(days=days)]
    is_over = Action.state != ActionState.PENDING, or_(Action.user_id.is_(None), *is_old)
    old = update(Action).where(Action.kind == ActionKind.WARN, Action.text != ERASED, *is_over)
    old = old.values(text=ERASED, user_id=None).returning(Action.id)
    erased = session.execute(old.execution_options(synchronize_session=False))
    return len(erased.all())
