"""Precedents: what moderators decided about nearly the same text before, for the notices about its repetitions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Correction, CorrectionState, Explanation, Message, Verdict, now
from storage.moderation.verdicts import judged_text
from storage.near_duplicates import SAME, normalised, shingles_of

NEWEST_OF_ALL, NEWEST_OF_CHAT = 1_000, 100  # accepted corrections that are looked through
LONGEST = 1_000  # characters compared


@dataclass(frozen=True)
class Question:
    """A judged text that may repeat another."""

    verdict_id: int
    message: Message
    text: str


@dataclass(frozen=True)
class Precedent:
    """The decision on the nearest message that was decided."""

    is_spam: bool
    days: int | None = None  # since the decision; None where an explanation named it: it is alike, not the same


@dataclass(frozen=True)
class _Decided:
    message_row: int
    shingles: frozenset[str]
    is_spam: bool
    decided_at: datetime


def of(session: Session, questions: Sequence[Question]) -> dict[int, Precedent]:
    """The precedent of each verdict that has one: a near-duplicate of the same chat, or what its explanation names."""
    decided = _decided(session, {question.message.chat_id for question in questions}) if questions else {}
    precedents = _explained(session, {question.verdict_id for question in questions})
    for question in questions:
        near = _nearest(question, decided[question.message.chat_id])
        if near is not None:
            precedents[question.verdict_id] = Precedent(near.is_spam, max((now() - near.decided_at).days, 0))
    return precedents


def _decided(session: Session, chat_ids: Collection[int]) -> dict[int, list[_Decided]]:
    """The newest decisions of these chats, the newest first."""
    newest = select(Correction.id).where(Correction.state == CorrectionState.ACCEPTED)
    newest = newest.order_by(Correction.id.desc()).limit(NEWEST_OF_ALL)
    rows = judged_text().join(Correction, Correction.verdict_id == Verdict.id)
    rows = rows.where(Correction.id.in_(newest), Message.chat_id.in_(chat_ids)).order_by(Correction.id.desc())
    by_chat: dict[int, list[_Decided]] = defaultdict(list)
    columns = (Message.chat_id, Correction.is_spam, Correction.created_at)
    for verdict, text, chat_id, is_spam, decided_at in session.execute(rows.add_columns(*columns)):
        if text and len(by_chat[chat_id]) < NEWEST_OF_CHAT:
            by_chat[chat_id].append(_Decided(verdict.message_id, _shingles(text), is_spam, decided_at))
    return by_chat


def _nearest(question: Question, decided: Sequence[_Decided]) -> _Decided | None:
    """The decided message most like the text, the newest of several, if they nearly repeat each other."""
    if not question.text:
        return None
    shingles = _shingles(question.text)
    others = [other for other in decided if other.message_row != question.message.id]
    nearest = max(others, key=lambda other: _similarity(shingles, other.shingles), default=None)
    is_same = nearest is not None and _similarity(shingles, nearest.shingles) >= SAME
    return nearest if is_same else None


def _shingles(text: str) -> frozenset[str]:
    return frozenset(shingles_of(normalised(text[:LONGEST])))


def _similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard similarity."""
    return len(one & other) / len(one | other)


def _explained(session: Session, verdict_ids: Collection[int]) -> dict[int, Precedent]:
    """What the explanations that somebody asked for name first."""
    answered = select(Explanation).where(Explanation.verdict_id.in_(verdict_ids))
    rows = session.scalars(answered.where(Explanation.answered_at.is_not(None)))
    return {row.verdict_id: Precedent(bool(row.examples[0]["is_spam"])) for row in rows if row.examples}
