"""Which messages may be presumed ham: old enough, and neither flagged, reported, corrected nor ordered about."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, Subquery, and_, func, or_, select
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.elements import ColumnElement

from storage import rules
from storage.access.moved import first_number
from storage.models import (
    Action,
    ActionState,
    Chat,
    Correction,
    Hold,
    Message,
    MessageState,
    Order,
    Platform,
    Report,
    Verdict,
)
from storage.moderation.sanctions_in_force import STOPPED
from storage.moderation.verdicts import SHOWN
from storage.types import ERASED

OLD_ENOUGH = timedelta(days=2)  # for a moderator to have seen it
HELD_OUT_OF = 5
LOTS = 2**31 - 1  # a prime; the products below stay under 2**63
MESSAGE_STEP, CHAT_STEP = 1_103_515_245, 69_069
STANDING = (ActionState.PENDING, ActionState.DONE)

LOT = ((first_number() % LOTS) * MESSAGE_STEP + (Message.chat_id % LOTS) * CHAT_STEP) % LOTS
IS_HELD_OUT = LOT % HELD_OUT_OF == 0


def groups() -> list[ColumnElement[bool]]:
    """Conditions for a chat of members; in moderators' chats, spam is forwarded."""
    read_in = select(Chat.moderators_chat_id).where(Chat.moderators_chat_id.is_not(None))
    return [Chat.platform == Platform.TELEGRAM, Chat.external_id.not_in(read_in)]


def conditions(at: datetime) -> list[ColumnElement[bool]]:
    """Conditions for a message, joined with its chat, that may be presumed ham; none is about its author's standing."""
    is_settled_history = and_(Message.state == MessageState.HISTORY, Message.sent_at <= Chat.history_settled_until)
    return [
        *groups(),
        Message.author_id.is_not(None),
        Message.text != ERASED,
        func.coalesce(Message.edited_at, Message.sent_at) <= at - OLD_ENOUGH,
        or_(Message.state == MessageState.HAM, is_settled_history),
        *(~objection.exists() for objection in _objections()),
    ]


def placed(at: datetime) -> Subquery:
    """Every message that may be presumed ham, with its lot, its rank among its author's, and how many those are.

    Held-out messages of an author in a chat are ranked apart from the others.
    """
    author = (Message.chat_id, Message.author_id)
    place = func.row_number().over(partition_by=(*author, IS_HELD_OUT), order_by=(LOT, Message.id))
    of_author = func.count().over(partition_by=author).label("of_author")
    numbered = (LOT.label("lot"), IS_HELD_OUT.label("is_held_out"), place.label("place"), of_author)
    messages = select(Message.id, Message.chat_id, *numbered, Chat.standing_after).join(Message.chat)
    return messages.where(*conditions(at)).subquery()


def _objections() -> list[Select[int]]:
    """What excludes a message: a flag or a rule of the chat on any of its edits, a correction, a report, an order, a hold."""
    verdicts = select(Verdict.id).where(Verdict.message_id == Message.id)
    corrections = verdicts.join(Correction, Correction.verdict_id == Verdict.id).where(Correction.state.in_(SHOWN))
    return [
        verdicts.where(Verdict.is_spam | Verdict.rule.is_not(None), ~Verdict.is_shadow),
        corrections,  # a message corrected to ham is learned as a correction
        select(Report.message_id).where(Report.message_id == Message.id),
        select(Order.id).where(Order.message_id == Message.id),
        select(Hold.message_id).where(Hold.message_id == Message.id),
    ]


def sanctioned(session: Session) -> set[tuple[int | None, int | None]]:
    """Chats, each with an author whom hamlet banned or restricted there and nobody has released."""
    undoing = aliased(Action)
    undone = select(undoing.id).where(undoing.verdict_id == Action.verdict_id, undoing.state.not_in(STOPPED))
    undone = undone.where(or_(*(and_(Action.kind == k, undoing.kind == u) for k, u in rules.UNDOES.items())))
    is_imposed = and_(Action.kind.in_(rules.UNDOES), Action.state.in_(STANDING))
    by_verdict = select(Message.chat_id, Message.author_id).join(Verdict, Verdict.message_id == Message.id)
    by_verdict = by_verdict.join(Action, Action.verdict_id == Verdict.id).where(
        is_imposed, ~undone.correlate(Action).exists()
    )
    by_order = select(Action.chat_id, Action.user_id).where(is_imposed, Action.user_id.is_not(None))
    return {(chat, author) for statement in (by_verdict, by_order) for chat, author in session.execute(statement)}
