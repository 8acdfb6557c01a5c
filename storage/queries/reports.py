"""Members' reports: enough of them have a message shown to the moderators; nothing else follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from enum import Enum, auto
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage import rules
from storage.models import Action, ActionKind, Chat, Message, MessageState, Report, Verdict, now
from storage.queries import albums, asking, standing
from storage.queries.judged import newest_verdict
from storage.queries.upsert import insert_once


class Outcome(Enum):
    """What became of a report."""

    NO_STANDING = auto()
    TOO_MANY = auto()
    COUNTED = auto()
    SHOWN = auto()


def report(session: Session, message_row: int, reporter_id: int) -> Outcome:
    """A member reports a message, with the album it belongs to. Reporting it again changes nothing."""
    message = albums.worded(session, session.get_one(Message, message_row))
    message_row = message.id
    chat = session.get_one(Chat, message.chat_id)
    if not may(session, chat, reporter_id):
        return Outcome.NO_STANDING
    if _within_the_hour(session, chat, reporter_id) >= chat.reports_an_hour:
        return Outcome.TOO_MANY
    insert_once(session, Report, {"message_id": message_row, "reporter_id": reporter_id, "created_at": now()})
    if count(session, message_row) < chat.reports_needed:
        return Outcome.COUNTED
    verdict_id = newest_verdict(session, message)
    if verdict_id is not None:  # else the verdict asks for the notice when it comes
        asking.show(session, verdict_id, may_wait=False)
    elif message.state == MessageState.HISTORY:
        message.state = MessageState.PENDING
    elif message.state != MessageState.PENDING:
        _tell_once(session, message)
    return Outcome.SHOWN


def _tell_once(session: Session, message: Message) -> None:
    """What has no words is never judged, so no notice will show it: a sentence does."""
    about: dict[str, Any] = {"message_id": message.message_id, "text": rules.REPORTED}
    told = select(Action.id).filter_by(chat_id=message.chat_id, kind=ActionKind.ANNOUNCE, **about)
    if session.scalars(told.limit(1)).first() is None:
        asking.errand(session, message.chat_id, ActionKind.ANNOUNCE, **about)


def may(session: Session, chat: Chat, reporter_id: int) -> bool:
    """Whether this member's reports count: else what they report is not even stored, let alone judged."""
    return standing.is_good(session, chat, reporter_id)


def count(session: Session, message_row: int) -> int:
    """How many members reported it."""
    return session.scalars(select(func.count()).where(Report.message_id == message_row)).one()


def _within_the_hour(session: Session, chat: Chat, reporter_id: int) -> int:
    theirs = select(func.count()).select_from(Report).join(Message, Message.id == Report.message_id)
    theirs = theirs.where(Message.chat_id == chat.id, Report.reporter_id == reporter_id)
    return session.scalars(theirs.where(Report.created_at > now() - timedelta(hours=1))).one()


def show_reported(session: Session, verdicts: Sequence[Verdict]) -> list[int]:
    """Verdicts on messages that enough members had reported before they were judged: moderators see them whatever they say."""
    enough = (
        select(Report.message_id)
        .join(Message, Message.id == Report.message_id)
        .join(Chat, Chat.id == Message.chat_id)
        .where(Report.message_id.in_([verdict.message_id for verdict in verdicts]))
        .group_by(Report.message_id, Chat.reports_needed)
        .having(func.count() >= Chat.reports_needed)
    )
    reported = set(session.scalars(enough))
    shown = [verdict.id for verdict in verdicts if verdict.message_id in reported]
    for verdict_id in shown:
        asking.show(session, verdict_id, may_wait=False)
    return shown
