"""What people decide about what was judged, and what training may learn from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.errors import UnknownVerdict
from storage.models import Correction, CorrectionState, Verdict
from storage.queries import asking
from storage.queries.judged import STANDING, judged_text

COUNTED = (CorrectionState.ACCEPTED, CorrectionState.DISPUTED)


@dataclass(frozen=True)
class Decision:
    """A person's statement that the message a verdict judged is spam, or is not."""

    verdict_id: int
    actor: str
    actor_name: str
    is_spam: bool
    is_moderator: bool = True


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

    A moderator's counts at once; two moderators who disagree leave the message disputed, out of training.
    Raises UnknownVerdict.
    """
    verdict = session.get(Verdict, decision.verdict_id, with_for_update=True)
    if verdict is None or verdict.is_shadow:
        raise UnknownVerdict(decision.verdict_id)
    standing = _standing(session, verdict)
    mine = next((c for c in standing if c.actor == decision.actor), None)
    if mine is not None and mine.is_spam == decision.is_spam:
        return mine
    if mine is not None:
        mine.state = CorrectionState.REPLACED
    correction = Correction(
        verdict_id=verdict.id,
        actor=decision.actor,
        actor_name=decision.actor_name,
        is_spam=decision.is_spam,
        state=CorrectionState.ACCEPTED if decision.is_moderator else CorrectionState.PROPOSED,
    )
    session.add(correction)
    session.flush()
    _settle(_standing(session, verdict))
    asking.for_correction(session, correction)
    return correction


def _standing(session: Session, verdict: Verdict) -> list[Correction]:
    """What people say now of the same words of the same message, by whatever version they were judged."""
    same = (Verdict.message_id == verdict.message_id) & (Verdict.edit == verdict.edit)
    statement = select(Correction).join(Correction.verdict).where(same)
    return list(session.scalars(statement.where(Correction.state.in_(STANDING))))


def _settle(standing: list[Correction]) -> None:
    counted = [correction for correction in standing if correction.state in COUNTED]
    agree = len({correction.is_spam for correction in counted}) <= 1
    for correction in counted:
        correction.state = CorrectionState.ACCEPTED if agree else CorrectionState.DISPUTED


def accepted(session: Session) -> list[CorrectedText]:
    """Every accepted correction with the words it is about, the oldest first."""
    rows = judged_text().join(Correction, Correction.verdict_id == Verdict.id)
    rows = rows.where(Correction.state == CorrectionState.ACCEPTED).order_by(Correction.id)
    return [
        CorrectedText(said.id, text, said.is_spam, said.actor, said.created_at, verdict.score, verdict.is_spam)
        for verdict, text, said in session.execute(rows.add_columns(Correction)).all()
    ]
