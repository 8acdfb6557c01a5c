"""What moderators see, what they decide, and what training may learn from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from storage.errors import UnknownVerdict
from storage.models import (
    Action,
    ActionKind,
    Chat,
    Correction,
    CorrectionState,
    EarlierText,
    Message,
    Mode,
    ModelVersion,
    Platform,
    Verdict,
)

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
class Judged:
    """A verdict with all a reader of it wants beside it."""

    verdict_id: int
    message_row_id: int
    text: str
    author_name: str
    chat_title: str
    sent_at: datetime
    score: float
    review_threshold: float
    act_threshold: float
    is_spam: bool
    model_version: str
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True)
class CorrectedText:
    """An accepted correction as training reads it."""

    correction_id: int
    text: str
    is_spam: bool


def judged_text() -> Select[tuple[Verdict, str]]:
    """Each verdict with the text it judged, which an edit may have replaced since."""
    earlier = (EarlierText.message_id == Verdict.message_id) & (EarlierText.edit == Verdict.edit)
    text = func.coalesce(EarlierText.text, Message.text)
    return select(Verdict, text).join(Verdict.message).outerjoin(EarlierText, earlier)


def flagged(session: Session, limit: int = 50, before_id: int | None = None, open_only: bool = False) -> list[Judged]:
    """Spam verdicts, the newest first; `before_id` pages on; `open_only` leaves out what is settled."""
    statement = judged_text().where(Verdict.is_spam).order_by(Verdict.id.desc()).limit(limit)
    if before_id is not None:
        statement = statement.where(Verdict.id < before_id)
    if open_only:
        settled = select(Correction.verdict_id).where(Correction.state == CorrectionState.ACCEPTED)
        statement = statement.where(Verdict.id.not_in(settled))
    return _with_context(session, statement)


def judged(session: Session, verdict_id: int) -> Judged:
    """One verdict in full. Raises UnknownVerdict."""
    found = _with_context(session, judged_text().where(Verdict.id == verdict_id))
    if not found:
        raise UnknownVerdict(verdict_id)
    return found[0]


def _with_context(session: Session, statement: Select[tuple[Verdict, str]]) -> list[Judged]:
    context = (joinedload(Verdict.message).joinedload(Message.chat), joinedload(Verdict.model_version))
    rows = session.execute(statement.options(*context)).all()
    said: dict[int, list[Correction]] = {verdict.id: [] for verdict, _ in rows}
    current = Correction.state.in_((*COUNTED, CorrectionState.PROPOSED))
    for correction in session.scalars(
        select(Correction).where(Correction.verdict_id.in_(said), current).order_by(Correction.id)
    ):
        said[correction.verdict_id].append(correction)
    return [_judged(verdict, text, said[verdict.id]) for verdict, text in rows]


def _judged(verdict: Verdict, text: str, corrections: list[Correction]) -> Judged:
    return Judged(
        verdict_id=verdict.id,
        message_row_id=verdict.message_id,
        text=text,
        author_name=verdict.message.author_name,
        chat_title=verdict.message.chat.title,
        sent_at=verdict.message.sent_at,
        score=verdict.score,
        review_threshold=verdict.review_threshold,
        act_threshold=verdict.act_threshold,
        is_spam=verdict.is_spam,
        model_version=verdict.model_version.name,
        corrections=tuple(corrections),
    )


def correct(session: Session, decision: Decision) -> Correction:
    """Store a person's decision. Deciding the same twice is one correction; deciding anew replaces one's own.

    A moderator's counts at once; two moderators who disagree leave the message disputed, out of training.
    Raises UnknownVerdict.
    """
    verdict = session.get(Verdict, decision.verdict_id, with_for_update=True)
    if verdict is None:
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
    _ask_for_deletion(session, correction)
    return correction


def _standing(session: Session, verdict: Verdict) -> list[Correction]:
    """What people say now of the same words of the same message, by whatever version they were judged."""
    same = (Verdict.message_id == verdict.message_id) & (Verdict.edit == verdict.edit)
    statement = select(Correction).join(Correction.verdict).where(same)
    return list(session.scalars(statement.where(Correction.state.in_((*COUNTED, CorrectionState.PROPOSED)))))


def _settle(standing: list[Correction]) -> None:
    counted = [correction for correction in standing if correction.state in COUNTED]
    agree = len({correction.is_spam for correction in counted}) <= 1
    for correction in counted:
        correction.state = CorrectionState.ACCEPTED if agree else CorrectionState.DISPUTED


def _ask_for_deletion(session: Session, correction: Correction) -> None:
    """A moderator's "spam" has the message deleted, unless the chat only observes or it was asked for already."""
    if not correction.is_spam or correction.state != CorrectionState.ACCEPTED:
        return
    mode = (
        select(Chat.mode).join(Message).join(Verdict)
        .where(Verdict.id == correction.verdict_id, Chat.platform == Platform.TELEGRAM)
    )  # fmt: skip
    asked = select(Action.id).where(Action.verdict_id == correction.verdict_id, Action.kind == ActionKind.DELETE)
    if session.scalar(mode) in (None, Mode.OBSERVE) or session.scalar(asked) is not None:
        return
    session.add(Action(verdict_id=correction.verdict_id, kind=ActionKind.DELETE))


def accepted(session: Session) -> list[CorrectedText]:
    """Every accepted correction with the words it is about, the oldest first."""
    rows = judged_text().join(Correction, Correction.verdict_id == Verdict.id)
    rows = rows.where(Correction.state == CorrectionState.ACCEPTED).order_by(Correction.id)
    with_corrections = rows.add_columns(Correction.id, Correction.is_spam)
    return [CorrectedText(cid, text, is_spam) for _, text, cid, is_spam in session.execute(with_corrections)]


def latest_verdict(session: Session, message_row_id: int) -> tuple[Verdict, ModelVersion] | None:
    """The newest verdict on the message as it stands, with the version that gave it."""
    statement = (
        select(Verdict, ModelVersion)
        .join(Verdict.model_version)
        .join(Verdict.message)
        .where(Verdict.message_id == message_row_id, Verdict.edit == Message.edit)
        .order_by(Verdict.id.desc())
        .limit(1)
    )
    row = session.execute(statement).first()
    return row and (row[0], row[1])
