"""What becomes of a basic group's rows when it is made a supergroup, whose messages count from 1 again."""

from __future__ import annotations

from sqlalchemy import BigInteger, ColumnElement, case, cast, delete, null, select, update
from sqlalchemy.orm import Session

from storage.models import (
    Action,
    ActionKind,
    ActionState,
    AuditEntry,
    Chat,
    LinkCode,
    Message,
    Verdict,
)
from storage.queries import joins

LARGEST_NUMBER = 500_000_000  # of a basic group; exports of Telegram Desktop number its messages below twice that
IN_A_BASIC_GROUP = Message.message_id.between(-LARGEST_NUMBER, -1)
ABOUT_A_MESSAGE = (ActionKind.DELETE, ActionKind.REMOVE)


def first_number() -> ColumnElement[int]:
    """The number that a message had when it was heard."""
    return case((IN_A_BASIC_GROUP, -Message.message_id), else_=Message.message_id)


def is_out_of_reach(session: Session, verdict_id: int) -> bool:
    """Whether the judged message stayed behind in a basic group, where nothing can be deleted any more."""
    number = select(Message.message_id).join(Verdict, Verdict.message_id == Message.id).where(Verdict.id == verdict_id)
    return session.scalars(number).one() < 0


def set_aside(session: Session, group: Chat) -> None:
    """Number the group's messages below zero, where the supergroup's never come, and leave undone what was to be done to them."""
    session.flush()
    heard = update(Message).where(Message.chat_id == group.id, Message.message_id > 0)
    session.execute(heard.values(message_id=-Message.message_id).execution_options(synchronize_session=False))
    theirs = select(Verdict.id).join(Verdict.message).where(Message.chat_id == group.id)
    waiting = update(Action).where(Action.state == ActionState.PENDING, Action.kind.in_(ABOUT_A_MESSAGE))
    waiting = waiting.where((Action.chat_id == group.id) | Action.verdict_id.in_(theirs))
    session.execute(waiting.values(state=ActionState.CANCELLED).execution_options(synchronize_session=False))
    session.expire_all()


def forget_notices(session: Session, old_id: int) -> None:
    """Notices that stand in the chat of that number can be amended no more: another message has their number by now."""
    stands_in = cast(Action.receipt["chat_id"].as_string(), BigInteger)
    there = update(Action).where(Action.kind == ActionKind.NOTIFY, stands_in == old_id)
    session.execute(there.values(receipt=null()).execution_options(synchronize_session=False))


def absorb(session: Session, group: Chat, heard: Chat) -> None:
    """What was heard of the supergroup before it was told that it is the group belongs to the group."""
    for table in (Message, Action, LinkCode, AuditEntry):
        theirs = update(table).where(table.chat_id == heard.id)
        session.execute(theirs.values(chat_id=group.id).execution_options(synchronize_session=False))
    joins.move(session, heard, group)
    session.flush()
    session.execute(delete(Chat).where(Chat.id == heard.id).execution_options(synchronize_session=False))
    session.expunge(heard)
    session.expire_all()
