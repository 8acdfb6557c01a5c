"""What hamlet knows of one member in one chat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.errors import UnknownMember
from storage.models import (
    Action,
    ActionKind,
    ActionState,
    Chat,
    Correction,
    CorrectionState,
    Join,
    Message,
    MessageState,
    Report,
    Standing,
    Trust,
    Verdict,
)
from storage.moderation import authors
from storage.moderation.sanctions_in_force import SANCTIONS, in_force, sanctions_on
from storage.types import ERASED
from storage.views import messages
from storage.views.messages import ReceivedMessage

SHOWN = 25  # messages, the newest first
MOST_SANCTIONS = 50


@dataclass(frozen=True)
class Counts:
    """How much a member wrote here, and what became of it."""

    messages: int
    flagged: int  # that count as spam by their verdict
    spam: int  # decided by moderators
    ham: int
    reported: int  # by other members
    reports: int  # by this member, of others' messages


@dataclass(frozen=True)
class Imposed:
    """A sanction that hamlet imposed, tried to impose or is about to."""

    kind: ActionKind
    state: ActionState
    asked_at: datetime
    until: datetime | None
    error: str | None
    verdict_id: int | None
    is_automatic: bool
    stands: bool


@dataclass(frozen=True)
class Member:
    """A member, as moderators of the chat see them."""

    user_id: int
    name: str
    username: str
    standing: Standing
    trust: Trust | None
    joined_at: datetime | None  # None where hamlet did not see it
    first_at: datetime | None  # their oldest message that is stored
    counts: Counts
    sanctions: list[Imposed]
    messages: list[ReceivedMessage]


def of(session: Session, chat: Chat, user_id: int, before: int | None = None) -> Member:
    """The member, with a page of messages: the newest, or those before the row `before`. Raises UnknownMember."""
    theirs = (Message.chat_id == chat.id) & (Message.author_id == user_id)
    newest = session.scalars(select(Message).where(theirs).order_by(Message.id.desc()).limit(1)).first()
    join, trust = session.get(Join, (chat.id, user_id)), session.get(Trust, (chat.id, user_id))
    imposed = _sanctions(session, chat, user_id)
    if newest is None and join is None and trust is None and not imposed:
        raise UnknownMember(user_id)
    named = select(Message.author_name).where(theirs, Message.author_name != ERASED).order_by(Message.id.desc())
    standings = authors.standings(session, [(user_id, chat)] if newest is not None else [])
    return Member(
        user_id=user_id,
        name=session.scalars(named.limit(1)).first() or (trust.name if trust is not None else ""),
        username=newest.author_username if newest is not None else "",
        standing=standings.get((chat.id, user_id), Standing.UNKNOWN),
        trust=trust,
        joined_at=join.joined_at if join is not None else None,
        first_at=session.scalars(select(func.min(Message.sent_at)).where(theirs)).one(),
        counts=_counts(session, chat, user_id),
        sanctions=imposed,
        messages=messages.of_author(session, chat.id, user_id, SHOWN + 1, before),
    )


def _counts(session: Session, chat: Chat, user_id: int) -> Counts:
    theirs = (Message.chat_id == chat.id) & (Message.author_id == user_id)
    flagged = func.count().filter(Message.state == MessageState.SPAM)
    written = select(func.count(), flagged).select_from(Message).where(theirs)
    decided = select(Verdict.message_id).join(Correction, Correction.verdict_id == Verdict.id).join(Verdict.message)
    decided = decided.where(theirs, Correction.state == CorrectionState.ACCEPTED)
    spam, ham = (
        select(func.count()).select_from(decided.where(Correction.is_spam == side).distinct().subquery())
        for side in (True, False)
    )
    reports = select(func.count()).select_from(Report).join(Message, Message.id == Report.message_id)
    of_theirs, by_them = reports.where(theirs), reports.where(Message.chat_id == chat.id, Report.reporter_id == user_id)
    return Counts(
        *session.execute(written).one(), *(session.scalars(count).one() for count in (spam, ham, of_theirs, by_them))
    )


def _sanctions(session: Session, chat: Chat, user_id: int) -> list[Imposed]:
    """The newest sanctions, the newest first."""
    standing = {
        action.id for kind in SANCTIONS for action in session.scalars(in_force(chat.id, user_id, kind)).unique()
    }
    newest = sanctions_on([chat.id], [user_id]).order_by(None).order_by(Action.id.desc()).limit(MOST_SANCTIONS)
    return [
        Imposed(
            action.kind,
            action.state,
            action.created_at,
            action.until,
            action.error,
            action.verdict_id,
            action.is_automatic,
            action.id in standing,
        )
        for action in session.scalars(newest)
    ]
