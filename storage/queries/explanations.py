"""Why a verdict says what it says: asked by people, answered by the worker, kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from storage.errors import UnknownVerdict
from storage.models import Correction, CorrectionState, Explanation, Verdict, now
from storage.queries.judged import judged_text
from storage.queries.upsert import insert_once
from storage.types import jsonable

KNOWN_EXAMPLES = 500  # the newest accepted corrections among which the nearest are looked for


@dataclass(frozen=True)
class Question:
    """A verdict whose text is to be explained."""

    verdict_id: int
    text: str


@dataclass(frozen=True)
class KnownExample:
    """A text that moderators labelled."""

    verdict_id: int
    text: str
    is_spam: bool


def ask(session: Session, verdict_id: int) -> None:
    """Have the worker explain this verdict's text; asked twice, or answered before, it is one. Raises UnknownVerdict."""
    verdict = session.get(Verdict, verdict_id)
    if verdict is None or verdict.is_shadow:
        raise UnknownVerdict(verdict_id)
    insert_once(session, Explanation, {"verdict_id": verdict_id})


def of(session: Session, verdict_id: int) -> Explanation | None:
    """The explanation of a verdict, answered or not, if anybody asked."""
    return session.get(Explanation, verdict_id)


def waiting(session: Session, limit: int) -> list[Question]:
    """Questions without an answer, the oldest first."""
    unanswered = judged_text().join(Explanation, Explanation.verdict_id == Verdict.id)
    unanswered = unanswered.where(Explanation.answered_at.is_(None)).order_by(Explanation.asked_at).limit(limit)
    return [Question(verdict.id, text) for verdict, text in session.execute(unanswered)]


def known_examples(session: Session, without: int) -> list[KnownExample]:
    """The newest accepted corrections' texts, but for those on the verdict asked about."""
    rows = judged_text().join(Correction, Correction.verdict_id == Verdict.id)
    rows = rows.where(Correction.state == CorrectionState.ACCEPTED, Verdict.id != without)
    newest = rows.order_by(Correction.id.desc()).limit(KNOWN_EXAMPLES).add_columns(Correction.is_spam)
    return [KnownExample(verdict.id, text, is_spam) for verdict, text, is_spam in session.execute(newest).all()]


def answer(session: Session, verdict_id: int, model_version: str, **said: Any) -> None:
    """Keep the worker's answer, or the reason why there is none (`error`)."""
    row = session.get_one(Explanation, verdict_id)
    row.answered_at, row.model_version = now(), model_version
    for name, value in said.items():
        setattr(row, name, jsonable(value))
