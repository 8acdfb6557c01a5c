"""Which messages may be presumed ham at all: old enough, and neither flagged nor reported nor spoken of by a moderator."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, Subquery, and_, func, or_, select
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.elements import ColumnElement

from storage import rules
from storage.models import (
    Action,
    ActionState,
    Chat,
    Correction,
    Message,
    MessageState,
    Order,
    Platform,
    Report,
    Verdict,
)
from storage.queries.asking import STOPPED
from storage.queries.judged import SHOWN
from storage.queries.moved import first_number
from storage.types import ERASED

OLD_ENOUGH = timedelta(days=2)  # for a moderator to have seen it
HELD_OUT_OF = 5
LOTS = 2**31 - 1  # a prime; the products below stay under 2**63
MESSAGE_STEP, CHAT_STEP = 1_103_515_245, 69_069
STANDING = (ActionState.PENDING, ActionState.DONE)


LOT = ((first_number() % LOTS) * MESSAGE_STEP + (Message.chat_id % LOTS) * CHAT_STEP) % LOTS
IS_HELD_OUT = LOT % HELD_OUT_OF == 0


def groups() -> list[ColumnElement[bool]]:
    """Chats that members write in: where moderators read, they forward spam."""
    read_in = select(Chat.moderators_chat_id).where(Chat.moderators_chat_id.is_not(None))
    return [Chat.platform == Platform.TELEGRAM, Chat.external_id.not_in(read_in)]


def conditions(at: datetime) -> list[ColumnElement[bool]]:
    """What holds of a message of a group, joined with its chat, that may be presumed ham; its author is another matter."""
    stood = and_(Message.state == MessageState.HISTORY, Message.sent_at <= Chat.history_settled_until)
    return [
        *groups(),
        Message.author_id.is_not(None),
        Message.text != ERASED,
        func.coalesce(Message.edited_at, Message.sent_at) <= at - OLD_ENOUGH,
        or_(Message.state == MessageState.HAM, stood),
        *(~objection.exists() for objection in _objections()),
    ]


def placed(at: datetime) -> Subquery:
    """Every message that may be presumed ham, with its lot, its place among its author's, and how many those are.

    Of an author's messages in a chat, those that are held out have places of their own.
    """
    author = (Message.chat_id, Message.author_id)
    place = func.row_number().over(partition_by=(*author, IS_HELD_OUT), order_by=(LOT, Message.id))
    found = select(
        Message.id, Message.chat_id, LOT.label("lot"), IS_HELD_OUT.label("is_held_out"), place.label("place"),
        func.count().over(partition_by=author).label("of_author"), Chat.standing_after,
    ).join(Message.chat)  # fmt: skip
    return found.where(*conditions(at)).subquery()


def _objections() -> list[Select[int]]:
    """What may be said against a message: a flag on any of its edits, a report, a moderator's word, a command."""
    verdicts = select(Verdict.id).where(Verdict.message_id == Message.id)
    said = verdicts.join(Correction, Correction.verdict_id == Verdict.id).where(Correction.state.in_(SHOWN))
    return [
        verdicts.where(Verdict.is_spam, ~Verdict.is_shadow),
        said,  # whoever calls it ham has made it a correction
        select(Report.message_id).where(Report.message_id == Message.id),
        select(Order.id).where(Order.message_id == Message.id),
    ]


def sanctioned(session: Session) -> set[tuple[int | None, int | None]]:
    """Chats with authors who are banned or restricted there, as far as hamlet did it and nobody has undone it."""
    undoing = aliased(Action)
    undone = select(undoing.id).where(undoing.verdict_id == Action.verdict_id, undoing.state.not_in(STOPPED))
    undone = undone.where(or_(*(and_(Action.kind == k, undoing.kind == u) for k, u in rules.UNDOES.items())))
    stands = and_(Action.kind.in_(rules.UNDOES), Action.state.in_(STANDING))
    for_words = select(Message.chat_id, Message.author_id).join(Verdict, Verdict.message_id == Message.id)
    for_words = for_words.join(Action, Action.verdict_id == Verdict.id).where(
        stands, ~undone.correlate(Action).exists()
    )
    by_command = select(Action.chat_id, Action.user_id).where(stands, Action.user_id.is_not(None))
    return {(chat, author) for some in (for_words, by_command) for chat, author in session.execute(some)}
