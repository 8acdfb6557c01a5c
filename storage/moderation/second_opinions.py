"""Second opinions: questions about doubtful flags that wait for another model, within a budget a day, and its answers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from storage.arrays import among
from storage.models import Chat, Message, SecondOpinion, Verdict, now
from storage.moderation import attention
from storage.moderation.verdicts import is_settled, judged_text
from storage.types import ERASED

MAX_ATTEMPTS = 2
PAUSE = timedelta(seconds=90)  # longer than an attempt takes, so it is the lease of one as well
STALE = timedelta(hours=1)  # later a hint helps nobody
BUDGET_IS_FOR = timedelta(days=1)
UNSYNCHRONIZED = {"synchronize_session": False}  # no row is loaded yet


@dataclass(frozen=True)
class Question:
    """A doubtful flag that may be put to the other model now."""

    verdict_id: int
    text: str
    attempts: int  # this one included


@dataclass(frozen=True)
class Hint:
    """What the other model said of a flag; None where its answer was not clear."""

    is_spam: bool | None
    reason: str


def is_refused() -> ColumnElement[bool]:
    """Whether the chat keeps its texts to itself."""
    refused: ColumnElement[bool] = Chat.settings["asks_second_opinion"].as_boolean().is_(False)
    return refused


def is_waiting(session: Session) -> bool:
    """Whether a question may be due; changes nothing."""
    due = select(SecondOpinion.verdict_id).where(_is_open(), _is_due(now()))
    return session.scalars(due.limit(1)).first() is not None


def claim(session: Session, a_day: int) -> Question | None:
    """Take the oldest question, if fewer than `a_day` attempts were made within a day; without budget none is kept waiting."""
    moment = now()
    _give_up(session, moment)
    if _attempts_since(session, moment - BUDGET_IS_FOR) >= a_day:
        session.execute(delete(SecondOpinion).where(_is_open(), SecondOpinion.attempts == 0))
        return None
    waiting = select(SecondOpinion).where(_is_open(), _is_due(moment)).order_by(SecondOpinion.verdict_id).limit(1)
    row = session.scalars(waiting.with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    row.asked_at, row.attempts = moment, row.attempts + 1
    return Question(row.verdict_id, _text(session, row.verdict_id), row.attempts)


def _is_open() -> ColumnElement[bool]:
    return SecondOpinion.answered_at.is_(None)


def _is_due(moment: datetime) -> ColumnElement[bool]:
    return or_(SecondOpinion.attempts == 0, SecondOpinion.asked_at < moment - PAUSE)


def _attempts_since(session: Session, moment: datetime) -> int:
    made = select(func.coalesce(func.sum(SecondOpinion.attempts), 0)).where(SecondOpinion.asked_at > moment)
    return session.scalars(made).one()


def _give_up(session: Session, moment: datetime) -> None:
    """End what has waited too long, was decided or refused meanwhile, or was interrupted in its last attempt."""
    own = select(Verdict.id).where(Verdict.id == SecondOpinion.verdict_id).correlate(SecondOpinion)
    refused = own.join(Verdict.message).join(Message.chat).where(is_refused())
    is_useless = or_(SecondOpinion.asked_at < moment - STALE, own.where(is_settled()).exists(), refused.exists())
    session.execute(
        delete(SecondOpinion).where(_is_open(), SecondOpinion.attempts == 0, is_useless),
        execution_options=UNSYNCHRONIZED,
    )
    ended = update(SecondOpinion).where(_is_open(), SecondOpinion.asked_at < moment - PAUSE)
    ended = ended.where(or_(SecondOpinion.attempts >= MAX_ATTEMPTS, is_useless))
    session.execute(ended.values(answered_at=moment, error="no attempt was finished"), execution_options=UNSYNCHRONIZED)


def _text(session: Session, verdict_id: int) -> str:
    """The text that the verdict judged."""
    return session.execute(judged_text().where(Verdict.id == verdict_id)).one()[1]


def answered(session: Session, question: Question, hint: Hint) -> None:
    """Store the answer, and have the notice show it; it changes nothing else."""
    row = session.get(SecondOpinion, question.verdict_id, with_for_update=True)
    if row is None or row.answered_at is not None:
        return
    is_erased = _text(session, question.verdict_id) == ERASED
    row.answered_at, row.is_spam, row.answer = now(), hint.is_spam, ERASED if is_erased else hint.reason
    row.error = None
    session.flush()
    attention.refresh(session, question.verdict_id)


def failed(session: Session, question: Question, error: str) -> None:
    """The attempt failed: there may be another, and nothing else changes."""
    own = update(SecondOpinion).where(SecondOpinion.verdict_id == question.verdict_id, _is_open())
    ended = {"answered_at": now()} if question.attempts >= MAX_ATTEMPTS else {}
    session.execute(own.values(error=error, **ended))


def hints(session: Session, verdict_ids: Collection[int]) -> dict[int, Hint]:
    """The answers about these verdicts, by verdict."""
    answers = select(SecondOpinion).where(SecondOpinion.verdict_id.in_(verdict_ids), ~_is_open())
    rows = session.scalars(answers.where(SecondOpinion.error.is_(None)))
    return {row.verdict_id: Hint(row.is_spam, row.answer) for row in rows}


def erase_answers(session: Session, message_rows: Collection[int]) -> None:
    """Erase the reasons given about messages, which may repeat them; called when the messages or their authors are erased."""
    of_messages = select(Verdict.id).where(among(Verdict.message_id, message_rows))
    about = update(SecondOpinion).where(SecondOpinion.verdict_id.in_(of_messages), SecondOpinion.answer != ERASED)
    session.execute(about.values(answer=ERASED))
