"""Model versions: registered once, one champion at a time, the old ones kept for a while."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from storage.errors import NothingToRollBackTo, UnknownVersion, VersionPruned
from storage.models import Correction, CorrectionState, Message, ModelVersion, Verdict, VersionState, now
from storage.queries import audit
from storage.queries.chats import IMPORTED
from storage.types import storable

IN_USE = (VersionState.CHAMPION, VersionState.SHADOW)


@dataclass(frozen=True)
class NewVersion:
    """What a finished training run registers."""

    name: str
    review_threshold: float
    act_threshold: float
    examples_hash: str
    metrics: dict[str, Any]
    snapshot_id: int | None = None
    parent: str | None = None
    provenance: dict[str, Any] = field(default_factory=dict)


def register(session: Session, version: NewVersion) -> ModelVersion:
    """Add a trained version as a challenger; its directory must be complete by now."""
    row = ModelVersion(**vars(version))
    session.add(row)
    session.flush()
    return row


def champion(session: Session, locked: bool = False) -> ModelVersion | None:
    """The version that serves; `locked`, nobody else changes it before this transaction ends."""
    return _in_state(session, VersionState.CHAMPION, locked)


def shadow(session: Session, locked: bool = False) -> ModelVersion | None:
    """The challenger that judges live traffic beside the champion, if there is one; `locked` as with `champion`."""
    return _in_state(session, VersionState.SHADOW, locked)


def _in_state(session: Session, state: VersionState, locked: bool) -> ModelVersion | None:
    if locked:
        lock(session)
    found = select(ModelVersion).where(ModelVersion.state == state)
    return session.scalars(found.execution_options(populate_existing=locked)).one_or_none()


def lock(session: Session) -> None:
    """Only this transaction changes what serves or shadows from now on: who would as well waits for its end.

    One row stands for all: a lock on the champion's would let go of who waited for it as soon as another is champion.
    """
    first = select(ModelVersion.id).order_by(ModelVersion.id).limit(1)
    session.execute(first.with_for_update(key_share=True))  # verdicts may go on naming that version


def is_refused(session: Session, version_id: int) -> bool:
    """Whether the version was refused by the gate, or taken back after it served."""
    state = session.scalars(select(ModelVersion.state).where(ModelVersion.id == version_id)).one_or_none()
    return state == VersionState.REJECTED


def fallbacks(session: Session) -> list[ModelVersion]:
    """Versions that served before, the latest first: what to serve when the champion's directory is damaged."""
    served = select(ModelVersion).where(ModelVersion.promoted_at.is_not(None), ModelVersion.pruned_at.is_(None))
    served = served.where(ModelVersion.state == VersionState.RETIRED)
    return list(session.scalars(served.order_by(ModelVersion.promoted_at.desc())))


def named(session: Session, name: str) -> ModelVersion:
    """The version of that name. Raises UnknownVersion."""
    found = session.scalars(select(ModelVersion).where(ModelVersion.name == storable(name))).one_or_none()
    if found is None:
        raise UnknownVersion(storable(name))
    return found


def newest_challenger(session: Session) -> ModelVersion | None:
    """The newest version that may take the champion's place without being named: it passed the gate against that one.

    Without a champion, the newest that was not refused. What was made again from old examples has to be named.
    """
    serves = champion(session)
    challengers = select(ModelVersion).where(ModelVersion.state.in_((VersionState.CHALLENGER, VersionState.SHADOW)))
    if serves is not None:
        challengers = challengers.where(ModelVersion.id > serves.id)
    found = session.scalars(challengers.order_by(ModelVersion.id.desc()))
    return next((version for version in found if serves is None or _passed(version, serves)), None)


def _passed(version: ModelVersion, serves: ModelVersion) -> bool:
    gate = version.gate or {}
    compared_with = gate.get("figures", {}).get("champion", serves.name)
    return bool(gate.get("passes")) and compared_with == serves.name and "like" not in version.provenance


def every(session: Session) -> list[ModelVersion]:
    """All versions, the newest first."""
    return list(session.scalars(select(ModelVersion).order_by(ModelVersion.id.desc())))


def promote(session: Session, name: str, by: str) -> ModelVersion:
    """Make the version champion and retire the one before it. Raises UnknownVersion or VersionPruned."""
    before, version = champion(session, locked=True), named(session, name)
    session.refresh(version)
    if version.pruned_at is not None:
        raise VersionPruned(name)
    if before is not None and before.id != version.id:
        before.state = VersionState.RETIRED
        session.flush()  # the database allows one champion, so the old one goes first
    if version.state != VersionState.CHAMPION:
        version.state, version.promoted_at, version.promoted_by = VersionState.CHAMPION, now(), by
        audit.note(session, by, "promotion", name)
    return version


def judge(session: Session, version_id: int, gate: dict[str, Any], state: VersionState) -> ModelVersion:
    """Store what the gate found. A version that begins to shadow takes the place of the one that did.

    A champion stays champion: somebody was faster than the gate.
    """
    lock(session)
    version = session.get_one(ModelVersion, version_id, populate_existing=True)
    version.gate = gate
    if version.state == VersionState.CHAMPION:
        return version
    if state == VersionState.SHADOW:
        for other in session.scalars(select(ModelVersion).where(ModelVersion.state == VersionState.SHADOW)):
            if other.id != version.id:
                other.state = VersionState.REJECTED
                other.gate = {**(other.gate or {}), "overtaken_by": version.name}
        session.flush()  # the database allows one shadow, so the old one goes first
        version.shadow_from = now()
    version.state = state
    session.flush()
    return version


def roll_back(session: Session, by: str, reason: str, is_whole: Callable[[str], bool] = lambda _: True) -> ModelVersion:
    """Serve the latest version before the champion whose files `is_whole` finds so; the champion is refused from now on.

    Raises NothingToRollBackTo.
    """
    reason = storable(reason)
    served = champion(session, locked=True)
    before = next((version for version in fallbacks(session) if is_whole(version.name)), None)
    if served is None or before is None:
        raise NothingToRollBackTo
    served.gate = {**(served.gate or {}), "rolled_back_by": by, "rolled_back_because": reason}
    audit.note(session, by, "rollback", f"{served.name}: {reason}")
    version = promote(session, before.name, by)
    served.state = VersionState.REJECTED
    session.flush()
    return version


def was_brought_back(session: Session, version: ModelVersion) -> bool:
    """Whether the version serves because the one that served after it was taken back."""
    served = select(ModelVersion).where(ModelVersion.promoted_at.is_not(None), ModelVersion.id != version.id)
    last = session.scalars(served.order_by(ModelVersion.promoted_at.desc()).limit(1)).one_or_none()
    return last is not None and last.state == VersionState.REJECTED


def gate_word(version: ModelVersion) -> str:
    """What the gate made of a version: passed, refused with every reason, taken back, or nothing yet."""
    gate = version.gate
    if gate is None:
        return "not compared"
    if "rolled_back_because" in gate:
        return f"taken back by {gate.get('rolled_back_by', 'nobody')}: {gate['rolled_back_because']}"
    if "overtaken_by" in gate:
        return f"overtaken in its shadow by {gate['overtaken_by']}"
    if "waits_for" in gate and version.state == VersionState.SHADOW:
        return f"waits in its shadow: {gate['waits_for']}"
    return "passed" if gate.get("passes") else "refused: " + "; ".join(gate.get("reasons", []))


def false_positives_since_promotion(session: Session, version: ModelVersion) -> int:
    """Messages that this version flagged since it was promoted and moderators said were none; imported samples aside."""
    undone = select(func.count(distinct(Verdict.message_id))).join(Correction, Correction.verdict_id == Verdict.id)
    undone = undone.where(Verdict.model_version_id == version.id, Verdict.is_spam, Verdict.is_shadow.is_(False))
    undone = undone.where(Correction.state == CorrectionState.ACCEPTED, Correction.is_spam.is_(False))
    undone = undone.join(Verdict.message).join(Message.chat).where(~IMPORTED)
    if version.promoted_at is not None:
        undone = undone.where(Correction.created_at >= version.promoted_at, Verdict.created_at >= version.promoted_at)
    return session.scalars(undone).one()


def next_number(session: Session) -> int:
    """A number no registered version has had, in its row or in its name."""
    numbers = [int(name[1:]) for name in session.scalars(select(ModelVersion.name)) if name[1:].isdecimal()]
    return max([session.scalars(select(func.max(ModelVersion.id))).one() or 0, *numbers]) + 1
