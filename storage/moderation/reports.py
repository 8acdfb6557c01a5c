"""Members' reports: enough of them show a message to the moderators, and hide it where the chat wants that."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from enum import Enum, auto
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage import rules
from storage.arrays import among
from storage.models import Action, ActionKind, Chat, Message, MessageState, Report, now
from storage.moderation import albums, standing
from storage.moderation.policies import report_hiding, reporters
from storage.moderation.requested_actions import requests
from storage.moderation.verdicts import newest_verdict
from storage.upsert import insert_once


class Outcome(Enum):
    """The outcome of a report."""

    NO_STANDING = auto()
    BARRED = auto()  # for a while, after false reports
    TOO_MANY = auto()
    COUNTED = auto()
    SHOWN = auto()


def report(session: Session, message_row: int, reporter_id: int) -> Outcome:
    """Store a member's report of a message and its album. Reporting it again changes nothing."""
    message = albums.worded(session, session.get_one(Message, message_row))
    message_row = message.id
    chat = session.get_one(Chat, message.chat_id)
    if (refused := refusal(session, chat, reporter_id)) is not None:
        return refused
    if _within_the_hour(session, chat, reporter_id) >= chat.reports_an_hour:
        return Outcome.TOO_MANY
    insert_once(session, Report, {"message_id": message_row, "reporter_id": reporter_id, "created_at": now()})
    verdict_id = newest_verdict(session, message)
    if verdict_id is not None and report_hiding.hide(session, chat, message, verdict_id):
        return Outcome.SHOWN
    if count(session, message_row) < chat.reports_needed:
        return Outcome.COUNTED
    if verdict_id is not None:  # else the notice is requested when the verdict comes
        requests.show(session, verdict_id, may_wait=False)
    elif message.state == MessageState.HISTORY:
        message.state = MessageState.PENDING
    elif message.state != MessageState.PENDING:
        _announce_once(session, message)
    return Outcome.SHOWN


def _announce_once(session: Session, message: Message) -> None:
    """Announce a report of a message without words: it is never judged, so it has no notice."""
    about: dict[str, Any] = {"message_id": message.message_id, "text": rules.REPORTED}
    announced = select(Action.id).filter_by(chat_id=message.chat_id, kind=ActionKind.ANNOUNCE, **about)
    if session.scalars(announced.limit(1)).first() is None:
        requests.ask_in_chat(session, message.chat_id, ActionKind.ANNOUNCE, **about)


def may(session: Session, chat: Chat, reporter_id: int) -> bool:
    """Whether this member's reports count; a message reported by others is neither stored nor judged."""
    return standing.is_good(session, chat, reporter_id)


def refusal(session: Session, chat: Chat, reporter_id: int) -> Outcome | None:
    """Why this member's reports do not count now; None where they do."""
    if not may(session, chat, reporter_id):
        return Outcome.NO_STANDING
    return Outcome.BARRED if reporters.is_barred(session, chat, reporter_id) else None


def count(session: Session, message_row: int) -> int:
    """How many members reported the message."""
    return session.scalars(select(func.count()).where(Report.message_id == message_row)).one()


def counts(session: Session, message_rows: Collection[int]) -> dict[int, int]:
    """How many members reported each of these messages, those without reports left out."""
    reports = select(Report.message_id, func.count()).where(Report.message_id.in_(message_rows))
    reports = reports.group_by(Report.message_id)
    return {row: n for row, n in session.execute(reports)}  # noqa: C416 # rows are no pairs to mypy


def _within_the_hour(session: Session, chat: Chat, reporter_id: int) -> int:
    reports = select(func.count()).select_from(Report).join(Message, Message.id == Report.message_id)
    reports = reports.where(Message.chat_id == chat.id, Report.reporter_id == reporter_id)
    return session.scalars(reports.where(Report.created_at > now() - timedelta(hours=1))).one()


def show_reported(session: Session, by_message: Mapping[int, int]) -> list[int]:
    """Show to moderators the verdicts (by their messages' rows) that enough members reported before. Returns their ids."""
    if not by_message:
        return []
    enough = (
        select(Report.message_id)
        .join(Message, Message.id == Report.message_id)
        .join(Chat, Chat.id == Message.chat_id)
        .where(among(Report.message_id, by_message))
        .group_by(Report.message_id, Chat.reports_needed)
        .having(func.count() >= Chat.reports_needed)
    )
    reported = set(session.scalars(enough))
    shown = [verdict_id for message_row, verdict_id in by_message.items() if message_row in reported]
    for verdict_id in shown:
        requests.show(session, verdict_id, may_wait=False)
    return shown
