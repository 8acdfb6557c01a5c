"""Moves a basic group's rows when it becomes a supergroup, whose messages are numbered from 1 again."""

from __future__ import annotations

import uuid

from sqlalchemy import BigInteger, ColumnElement, case, cast, delete, null, select, update
from sqlalchemy.orm import Session, aliased

from storage.access import joins
from storage.models import (
    Action,
    ActionKind,
    ActionState,
    AuditEntry,
    Chat,
    Correction,
    HourCount,
    LinkCode,
    Message,
    Reactor,
    Rescan,
    Rule,
    Trust,
    Verdict,
)

LARGEST_NUMBER = (
    500_000_000  # of a basic group's message; exports of Telegram Desktop number them within twice that, below zero
)
IN_A_BASIC_GROUP = Message.message_id.between(-LARGEST_NUMBER, -1)
NEVER_A_JOIN = -(2**60)  # far below the numbers of joins without a service message
ABOUT_HELD = (ActionKind.HOLD, ActionKind.RESTORE)  # by the number that the message has here
ABOUT_A_MESSAGE = (ActionKind.DELETE, ActionKind.REMOVE)


def first_number() -> ColumnElement[int]:
    """The number that a message had when it was received."""
    return case((IN_A_BASIC_GROUP, -Message.message_id), else_=Message.message_id)


def is_out_of_reach(session: Session, verdict_id: int) -> bool:
    """Whether the judged message was left behind in a basic group, where nothing can be deleted any more."""
    number = select(Message.message_id).join(Verdict, Verdict.message_id == Message.id).where(Verdict.id == verdict_id)
    return session.scalars(number).one() < 0


def set_aside(session: Session, group: Chat) -> None:
    """Renumber the group's messages below zero, which no supergroup uses, and cancel actions that wait for them."""
    session.flush()
    received = update(Message).where(Message.chat_id == group.id, Message.message_id > 0)
    session.execute(received.values(message_id=-Message.message_id).execution_options(synchronize_session=False))
    verdicts = select(Verdict.id).join(Verdict.message).where(Message.chat_id == group.id)
    waiting = update(Action).where(Action.state == ActionState.PENDING, Action.kind.in_(ABOUT_A_MESSAGE))
    waiting = waiting.where((Action.chat_id == group.id) | Action.verdict_id.in_(verdicts))
    session.execute(waiting.values(state=ActionState.CANCELLED).execution_options(synchronize_session=False))
    about_held = update(Action).where(Action.chat_id == group.id, Action.kind.in_(ABOUT_HELD), Action.message_id > 0)
    session.execute(about_held.values(message_id=-Action.message_id).execution_options(synchronize_session=False))
    session.expire_all()


def forget_notices(session: Session, old_id: int) -> None:
    """Forget where notices stand in the chat of that number: other messages have their numbers by now."""
    stands_in = cast(Action.receipt["chat_id"].as_string(), BigInteger)
    stand_there = Action.kind.in_((ActionKind.NOTIFY, ActionKind.HOLD, ActionKind.CASE, ActionKind.REACTIONS))
    notices = update(Action).where(stand_there, stands_in == old_id)
    session.execute(notices.values(receipt=null()).execution_options(synchronize_session=False))


def absorb(session: Session, group: Chat, supergroup: Chat) -> None:
    """Move to the group's row what was stored of the supergroup before its move was known, and delete that row."""
    joins_there = update(Message).where(Message.chat_id == supergroup.id, Message.is_join, Message.message_id < 0)
    apart = joins_there.values(message_id=Message.message_id + NEVER_A_JOIN)  # the same person may have joined both
    session.execute(apart.execution_options(synchronize_session=False))
    for table in (Message, Correction, Action, LinkCode, AuditEntry, Rescan):
        rows = update(table).where(table.chat_id == supergroup.id)
        session.execute(rows.values(chat_id=group.id).execution_options(synchronize_session=False))
    session.execute(delete(Reactor).where(Reactor.chat_id == supergroup.id))  # counts of minutes
    session.execute(delete(HourCount))  # they are counted again within minutes
    joins.move(session, supergroup, group)
    _move_policies(session, supergroup, group)
    session.flush()
    session.execute(delete(Chat).where(Chat.id == supergroup.id).execution_options(synchronize_session=False))
    session.expunge(supergroup)
    session.expire_all()


def _move_policies(session: Session, supergroup: Chat, group: Chat) -> None:
    """The group's own settings, rules and trusted members stand; what the supergroup has beside them is added."""
    group.settings = supergroup.settings | group.settings
    keys: dict[type[Rule] | type[Trust], tuple[str, ...]] = {Rule: ("kind", "pattern"), Trust: ("user_id",)}
    is_ruled = "rules_revision" in group.settings
    for table, key in keys.items():
        theirs = aliased(table)
        same = [getattr(theirs, column) == getattr(table, column) for column in key]
        doubled = select(theirs.chat_id).where(theirs.chat_id == group.id, *same).correlate(table).exists()
        session.execute(delete(table).where(table.chat_id == supergroup.id, doubled))
        session.execute(update(table).where(table.chat_id == supergroup.id).values(chat_id=group.id))
    if is_ruled:  # these are other rules than either had, and a process may have compiled those
        has_any = session.scalars(select(Rule.id).where(Rule.chat_id == group.id).limit(1)).first() is not None
        group.settings = group.settings | {"rules_revision": uuid.uuid4().hex if has_any else ""}
