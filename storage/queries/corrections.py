"""What people decide about what was judged, and what training may learn from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from storage.errors import UnknownCorrection, UnknownVerdict
from storage.models import Correction, CorrectionState, Message, Verdict
from storage.queries import asking, audit
from storage.queries.judged import SHOWN, judged_text
from storage.types import ERASED

AT_ONCE = 10_000  # numbers in one statement, of which databases allow 32,766 and more
COUNTED = (CorrectionState.ACCEPTED, CorrectionState.DISPUTED)


@dataclass(frozen=True)
class Decision:
    """A person's statement that the message a verdict judged is spam, or is not."""

    verdict_id: int
    actor: str
    actor_name: str
    is_spam: bool
    is_moderator: bool = True
    is_aside: bool = False  # settled without a label: nothing is learned and nothing done

    @property
    def state(self) -> CorrectionState:
        """What the decision counts as before it meets others."""
        if self.is_aside:
            return CorrectionState.SET_ASIDE
        return CorrectionState.ACCEPTED if self.is_moderator else CorrectionState.PROPOSED

    def repeats(self, earlier: Correction) -> bool:
        """Whether the person said this before."""
        is_aside = earlier.state == CorrectionState.SET_ASIDE
        return is_aside == self.is_aside and (is_aside or earlier.is_spam == self.is_spam)


@dataclass(frozen=True)
class CorrectedText:
    """An accepted correction as training reads it."""

    correction_id: int
    text: str
    is_spam: bool
    actor: str
    made_at: datetime
    score: float  # what the text had when the person decided
    was_flagged: bool


def correct(session: Session, decision: Decision) -> Correction:
    """Store a person's decision. Deciding the same twice is one correction; deciding anew replaces one's own.

    What a decision asks for and could not be done, or was not asked for by the chat's mode then, is done when it is said again.
    A moderator's counts at once; two moderators who disagree leave the message disputed, out of training.
    Raises UnknownVerdict.
    """
    verdict = _decidable(session, decision.verdict_id)
    mine = _mine(session, verdict, decision.actor)
    if mine is not None and decision.repeats(mine):
        if not decision.is_aside:
            asking.for_repeated(session, mine)
        return mine
    if mine is not None:
        mine.state = CorrectionState.REPLACED
    correction = Correction(
        verdict_id=verdict.id,
        actor=decision.actor,
        actor_name=decision.actor_name,
        is_spam=decision.is_spam,
        state=decision.state,
    )
    session.add(correction)
    session.flush()
    _settle(_standing(session, verdict))
    _note(session, verdict, decision.actor, _word(correction))
    if not decision.is_aside:
        asking.for_correction(session, correction)
    return correction


def take_back(session: Session, verdict_id: int, actor: str) -> Correction | None:
    """A person takes back what they said of a message, and what was done because of it is undone. None if they said nothing.

    What others say of it holds then as if this person had kept silent. Raises UnknownVerdict.
    """
    verdict = _decidable(session, verdict_id)
    mine = _mine(session, verdict, actor)
    if mine is None:
        return None
    was_aside, word = mine.state == CorrectionState.SET_ASIDE, _word(mine)
    mine.state = CorrectionState.WITHDRAWN
    session.flush()
    left = [correction for correction in _standing(session, verdict) if correction.state in COUNTED]
    _settle(left)
    _note(session, verdict, actor, f"takes back: {word}")
    if left:
        asking.for_correction(session, left[-1])
    elif not was_aside:
        asking.for_nobody(session, mine)
    return mine


def withdraw(session: Session, correction_id: int, actor: str) -> Correction:
    """`take_back` by the correction's number; twice is once. Raises UnknownCorrection where it is not the actor's."""
    found = session.get(Correction, correction_id)
    if found is None or found.actor != actor or found.state in (CorrectionState.REPLACED, CorrectionState.ERASED):
        raise UnknownCorrection(correction_id)
    if found.state != CorrectionState.WITHDRAWN:
        take_back(session, found.verdict_id, actor)
    return found


def _decidable(session: Session, verdict_id: int) -> Verdict:
    verdict = session.get(Verdict, verdict_id, with_for_update=True)
    if verdict is None or verdict.is_shadow:
        raise UnknownVerdict(verdict_id)
    return verdict


def _mine(session: Session, verdict: Verdict, actor: str) -> Correction | None:
    return next((said for said in _standing(session, verdict) if said.actor == actor), None)


def _note(session: Session, verdict: Verdict, actor: str, detail: str) -> None:
    message = session.get_one(Message, verdict.message_id)
    audit.note(session, actor, audit.DECISION, detail, message.chat_id, verdict.id)


def _word(correction: Correction) -> str:
    if correction.state == CorrectionState.SET_ASIDE:
        return "other, not learned from"
    word = "spam" if correction.is_spam else "not spam"
    return f"{word} ({correction.state})" if correction.state != CorrectionState.ACCEPTED else word


def _standing(session: Session, verdict: Verdict) -> list[Correction]:
    """What people say now of the same words of the same message, by whatever version they were judged."""
    same = (Verdict.message_id == verdict.message_id) & (Verdict.edit == verdict.edit)
    statement = select(Correction).join(Correction.verdict).where(same)
    return list(session.scalars(statement.where(Correction.state.in_(SHOWN)).order_by(Correction.id)))


def _settle(standing: list[Correction]) -> None:
    counted = [correction for correction in standing if correction.state in COUNTED]
    agree = len({correction.is_spam for correction in counted}) <= 1
    for correction in counted:
        correction.state = CorrectionState.ACCEPTED if agree else CorrectionState.DISPUTED


def accepted(session: Session) -> list[CorrectedText]:
    """Every accepted correction with the words it is about, the oldest first; of erased words nothing can be learned."""
    return [c for c in _with_texts(session, Correction.state == CorrectionState.ACCEPTED) if c.text != ERASED]


def numbered(session: Session, correction_ids: Sequence[int]) -> list[CorrectedText]:
    """The corrections of these numbers, whatever became of them since, the oldest first."""
    ids = sorted(correction_ids)
    some = (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
    return [found for few in some for found in _with_texts(session, Correction.id.in_(few))]


def _with_texts(session: Session, which: ColumnElement[bool]) -> list[CorrectedText]:
    rows = judged_text().join(Correction, Correction.verdict_id == Verdict.id).where(which).order_by(Correction.id)
    return [
        CorrectedText(said.id, text, said.is_spam, said.actor, said.created_at, verdict.score, verdict.is_spam)
        for verdict, text, said in session.execute(rows.add_columns(Correction)).all()
    ]
