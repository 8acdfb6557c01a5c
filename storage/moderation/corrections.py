"""People's decisions on verdicts, and what training may learn from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from storage.access import audit
from storage.errors import UnknownCorrection, UnknownVerdict
from storage.models import Correction, CorrectionState, Message, Verdict
from storage.moderation import recent_spam
from storage.moderation.requested_actions import consequences
from storage.moderation.verdicts import SHOWN, judged_text
from storage.types import ERASED

AT_ONCE = 10_000  # ids in one statement; databases allow at least 32,766
COUNTED = (CorrectionState.ACCEPTED, CorrectionState.DISPUTED)


@dataclass(frozen=True)
class Decision:
    """A person's decision that the message of a verdict is spam, or is not."""

    verdict_id: int
    actor: str
    actor_name: str
    is_spam: bool
    is_moderator: bool = True
    is_aside: bool = False  # settled without a label: nothing is learned or done
    note: str = ""  # why, for the next moderator
    is_bulk: bool = False  # one of many, which have an audit entry of their own

    @property
    def state(self) -> CorrectionState:
        """The correction's state before other people's decisions are considered."""
        if self.is_aside:
            return CorrectionState.SET_ASIDE
        return CorrectionState.ACCEPTED if self.is_moderator else CorrectionState.PROPOSED

    def repeats(self, earlier: Correction) -> bool:
        """Whether the person's earlier correction says the same."""
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
    score: float  # of the text when the person decided
    was_flagged: bool


def correct(session: Session, decision: Decision) -> Correction:
    """Store a person's decision. Repeating it changes no correction; a different one replaces the person's own.

    Repeating it does what could not be done before, or what the chat's mode did not want then. A moderator's decision
    counts at once; two moderators who disagree leave the message disputed, out of training. Raises UnknownVerdict.
    """
    verdict = _decidable(session, decision.verdict_id)
    own = _own(session, verdict, decision.actor)
    if own is not None and decision.repeats(own):
        own.note = decision.note or own.note
        if not decision.is_aside:
            consequences.for_repeated(session, own)
        return own
    if own is not None:
        own.state = CorrectionState.REPLACED
    correction = Correction(
        verdict_id=verdict.id,
        actor=decision.actor,
        actor_name=decision.actor_name,
        is_spam=decision.is_spam,
        state=decision.state,
        note=decision.note or None,
    )
    session.add(correction)
    session.flush()
    standing = _standing(session, verdict)
    _settle(standing)
    recent_spam.follow_decisions(session, verdict, standing)
    if not decision.is_bulk:
        _note(session, verdict, decision.actor, _word(correction))
    if not decision.is_aside:
        consequences.for_correction(session, correction)
    return correction


def take_back(session: Session, verdict_id: int, actor: str, is_bulk: bool = False) -> Correction | None:
    """Withdraw a person's correction and undo its consequences. Returns None if there is none.

    Other people's corrections then count as if this one had never been made. Raises UnknownVerdict.
    """
    verdict = _decidable(session, verdict_id)
    own = _own(session, verdict, actor)
    if own is None:
        return None
    was_aside, word = own.state == CorrectionState.SET_ASIDE, _word(own)
    own.state = CorrectionState.WITHDRAWN
    session.flush()
    remaining = [correction for correction in _standing(session, verdict) if correction.state in COUNTED]
    _settle(remaining)
    recent_spam.follow_decisions(session, verdict, remaining)
    if not is_bulk:
        _note(session, verdict, actor, f"takes back: {word}")
    if remaining:
        consequences.for_correction(session, remaining[-1])
    elif not was_aside:
        consequences.for_withdrawn(session, own)
    return own


def withdraw(session: Session, correction_id: int, actor: str) -> Correction:
    """`take_back` by the correction's id, once. Raises UnknownCorrection if it is not the actor's."""
    correction = session.get(Correction, correction_id)
    is_theirs = correction is not None and correction.actor == actor
    if correction is None or not is_theirs or correction.state in (CorrectionState.REPLACED, CorrectionState.ERASED):
        raise UnknownCorrection(correction_id)
    if correction.state != CorrectionState.WITHDRAWN:
        take_back(session, correction.verdict_id, actor)
    return correction


def _decidable(session: Session, verdict_id: int) -> Verdict:
    """The champion's verdict of that id, locked. Raises UnknownVerdict."""
    verdict = session.get(Verdict, verdict_id, with_for_update=True)
    if verdict is None or verdict.is_shadow:
        raise UnknownVerdict(verdict_id)
    return verdict


def _own(session: Session, verdict: Verdict, actor: str) -> Correction | None:
    return next((correction for correction in _standing(session, verdict) if correction.actor == actor), None)


def _note(session: Session, verdict: Verdict, actor: str, detail: str) -> None:
    message = session.get_one(Message, verdict.message_id)
    audit.note(session, actor, audit.DECISION, detail, message.chat_id, verdict.id)


def _word(correction: Correction) -> str:
    if correction.state == CorrectionState.SET_ASIDE:
        return "other, not learned from"
    word = "spam" if correction.is_spam else "not spam"
    return f"{word} ({correction.state})" if correction.state != CorrectionState.ACCEPTED else word


def _standing(session: Session, verdict: Verdict) -> list[Correction]:
    """The corrections that count for the same text of the same message, whichever version judged it."""
    same = (Verdict.message_id == verdict.message_id) & (Verdict.edit == verdict.edit)
    statement = select(Correction).join(Correction.verdict).where(same)
    return list(session.scalars(statement.where(Correction.state.in_(SHOWN)).order_by(Correction.id)))


def _settle(standing: list[Correction]) -> None:
    """Accept the corrections if all agree, else mark them disputed."""
    counted = [correction for correction in standing if correction.state in COUNTED]
    agree = len({correction.is_spam for correction in counted}) <= 1
    for correction in counted:
        correction.state = CorrectionState.ACCEPTED if agree else CorrectionState.DISPUTED


def accepted(session: Session) -> list[CorrectedText]:
    """Every accepted correction with its text, the oldest first; erased texts are left out."""
    return [c for c in _with_texts(session, Correction.state == CorrectionState.ACCEPTED) if c.text != ERASED]


def numbered(session: Session, correction_ids: Sequence[int]) -> list[CorrectedText]:
    """The corrections of these ids, whatever their state, the oldest first."""
    ids = sorted(correction_ids)
    batches = (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
    return [correction for batch in batches for correction in _with_texts(session, Correction.id.in_(batch))]


def _with_texts(session: Session, which: ColumnElement[bool]) -> list[CorrectedText]:
    rows = judged_text().join(Correction, Correction.verdict_id == Verdict.id).where(which).order_by(Correction.id)
    return [
        CorrectedText(
            correction_id=correction.id,
            text=text,
            is_spam=correction.is_spam,
            actor=correction.actor,
            made_at=correction.created_at,
            score=verdict.score,
            was_flagged=verdict.is_spam,
        )
        for verdict, text, correction in session.execute(rows.add_columns(Correction)).all()
    ]
