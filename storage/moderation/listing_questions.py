"""Questions to a list of spammers: who is asked about, within a budget a day, and what follows from an answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from storage.models import Chat, Listing, Message, Platform, Verdict, now
from storage.moderation import attention
from storage.moderation.listings import KEPT, Listed
from storage.outbound import configured
from storage.upsert import insert_once

MAX_ATTEMPTS = 2
PAUSE = timedelta(seconds=60)  # longer than an attempt takes, so it is the lease of one as well
STALE = timedelta(hours=1)  # unasked for so long, a question waits for the member's next message; so does a failed one
BUDGET_IS_FOR = timedelta(days=1)
UNSYNCHRONIZED = {"synchronize_session": False}


@dataclass(frozen=True)
class Question:
    """A member whom the list may be asked about now."""

    user_id: int
    attempts: int  # this one included


def ask(session: Session, user_ids: Iterable[int]) -> None:
    """Have the list asked about these members, unless its last answer is fresh. Without a list, nothing waits."""
    people = sorted(set(user_ids))
    if not people or not configured.is_on(session, configured.SPAMMER_LIST):
        return
    moment = now()
    old = or_(Listing.answered_at < moment - KEPT, Listing.error.is_not(None) & (Listing.answered_at < moment - STALE))
    again = {"answered_at": None, "attempts": 0, "asked_at": moment, "error": None}
    session.execute(update(Listing).where(Listing.user_id.in_(people), old).values(**again))
    for user_id in people:
        insert_once(session, Listing, {"user_id": user_id, "asked_at": moment})


def is_waiting(session: Session) -> bool:
    """Whether a question may be due; changes nothing."""
    return session.scalars(select(Listing.user_id).where(_is_open(), _is_due(now())).limit(1)).first() is not None


def claim(session: Session, a_day: int) -> Question | None:
    """Take the oldest question, if fewer than `a_day` attempts were made within a day."""
    moment = now()
    _give_up(session, moment)
    made = select(func.coalesce(func.sum(Listing.attempts), 0)).where(Listing.asked_at > moment - BUDGET_IS_FOR)
    if session.scalars(made).one() >= a_day:
        session.execute(delete(Listing).where(_is_open(), Listing.attempts == 0, Listing.is_listed.is_(None)))
        return None
    waiting = select(Listing).where(_is_open(), _is_due(moment)).order_by(Listing.asked_at, Listing.user_id).limit(1)
    row = session.scalars(waiting.with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    row.asked_at, row.attempts = moment, row.attempts + 1
    return Question(row.user_id, row.attempts)


def _is_open() -> ColumnElement[bool]:
    return Listing.answered_at.is_(None)


def _is_due(moment: datetime) -> ColumnElement[bool]:
    return or_(Listing.attempts == 0, Listing.asked_at < moment - PAUSE)


def _give_up(session: Session, moment: datetime) -> None:
    """End what has waited too long, or was interrupted in its last attempt."""
    is_late = Listing.asked_at < moment - STALE
    never = delete(Listing).where(_is_open(), Listing.attempts == 0, is_late, Listing.is_listed.is_(None))
    session.execute(never, execution_options=UNSYNCHRONIZED)
    ended = update(Listing).where(_is_open(), Listing.asked_at < moment - PAUSE)
    ended = ended.where(or_(Listing.attempts >= MAX_ATTEMPTS, is_late))
    session.execute(ended.values(answered_at=moment, error="no attempt was finished"), execution_options=UNSYNCHRONIZED)


def answered(session: Session, question: Question, listed: Listed | None, source: str) -> None:
    """Store the answer for a day; what a listed member wrote within the last day is shown where the chat wants that."""
    row = session.get(Listing, question.user_id, with_for_update=True)
    if row is None or row.answered_at is not None:
        return  # forgotten, or given up, meanwhile
    row.answered_at, row.is_listed, row.source, row.error = now(), listed is not None, source, None
    row.since = listed.since if listed is not None else None
    session.flush()
    if listed is not None:
        written = _written(session, question.user_id)
        attention.show_once(
            session, [verdict_id for verdict_id in written if not attention.refresh(session, verdict_id)]
        )


def _written(session: Session, user_id: int) -> list[int]:
    """The newest verdict on what this member wrote within a day, in each group that asks the list."""
    newest = select(func.max(Verdict.id), Message.chat_id).join(Verdict.message).where(~Verdict.is_shadow)
    newest = newest.where(Message.author_id == user_id, Message.received_at > now() - KEPT).group_by(Message.chat_id)
    verdict_ids = []
    for verdict_id, chat_id in session.execute(newest):
        chat = session.get_one(Chat, chat_id)
        if chat.platform == Platform.TELEGRAM and chat.chosen.spammer_list:
            verdict_ids.append(verdict_id)
    return verdict_ids


def failed(session: Session, question: Question, error: str) -> None:
    """The attempt failed: there may be another, and nothing else changes."""
    own = update(Listing).where(Listing.user_id == question.user_id, _is_open())
    ended = {"answered_at": now()} if question.attempts >= MAX_ATTEMPTS else {}
    session.execute(own.values(error=error, **ended))
