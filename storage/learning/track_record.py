"""How a model version has done: what the gate found, and what moderators undid since its promotion."""

from __future__ import annotations

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from storage.access.chats import IMPORTED
from storage.models import Correction, CorrectionState, Message, ModelVersion, Verdict, VersionState
from storage.wording import Wording


def gate_decision(version: ModelVersion) -> str:
    """The gate's result in words: passed, refused with the reasons, rolled back, or not compared yet."""
    return str(gate_wording(version))


def gate_wording(version: ModelVersion) -> Wording:
    """The same for pages in any language; the reasons stand as they were stored."""
    gate = version.gate
    if gate is None:
        return Wording("not compared")
    if "rolled_back_because" in gate:
        by = gate.get("rolled_back_by", "nobody")
        return Wording("rolled back by {name}: {reason}", name=by, reason=gate["rolled_back_because"])
    if "overtaken_by" in gate:
        return Wording("overtaken in its shadow by {name}", name=gate["overtaken_by"])
    if "waits_for" in gate and version.state == VersionState.SHADOW:
        return Wording("waits in its shadow: {reason}", reason=gate["waits_for"])
    if gate.get("passes"):
        return Wording("passed")
    return Wording("refused: {reasons}", reasons="; ".join(gate.get("reasons", [])))


def was_brought_back(session: Session, version: ModelVersion) -> bool:
    """Whether the version serves because its successor was rolled back."""
    promoted = select(ModelVersion).where(ModelVersion.promoted_at.is_not(None), ModelVersion.id != version.id)
    last = session.scalars(promoted.order_by(ModelVersion.promoted_at.desc()).limit(1)).one_or_none()
    return last is not None and last.state == VersionState.REJECTED


def false_positives_since_promotion(session: Session, version: ModelVersion) -> int:
    """How many messages it flagged since its promotion that moderators called ham, imported samples aside."""
    wrong = select(func.count(distinct(Verdict.message_id))).join(Correction, Correction.verdict_id == Verdict.id)
    wrong = wrong.where(Verdict.model_version_id == version.id, Verdict.is_spam, Verdict.is_shadow.is_(False))
    wrong = wrong.where(Correction.state == CorrectionState.ACCEPTED, Correction.is_spam.is_(False))
    wrong = wrong.join(Verdict.message).join(Message.chat).where(~IMPORTED)
    if version.promoted_at is not None:
        wrong = wrong.where(Correction.created_at >= version.promoted_at, Verdict.created_at >= version.promoted_at)
    return session.scalars(wrong).one()
