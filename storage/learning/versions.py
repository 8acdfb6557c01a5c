"""Model versions: registered, put into shadow, promoted, rolled back. One is champion, and at most one in shadow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.access import audit
from storage.errors import NothingToRollBackTo, UnknownVersion, VersionPruned
from storage.models import ModelVersion, VersionState, now
from storage.outbound import events
from storage.outbound.events import Event
from storage.types import storable

IsWhole = Callable[[ModelVersion], bool]

IN_USE = (VersionState.CHAMPION, VersionState.SHADOW)
IN_SERVICE = select(ModelVersion).where(ModelVersion.state.in_(IN_USE))  # made once, as each batch asks


@dataclass(frozen=True)
class NewVersion:
    """What a finished run registers."""

    name: str
    review_threshold: float
    act_threshold: float
    examples_hash: str
    metrics: dict[str, Any]
    snapshot_id: int | None = None
    parent: str | None = None
    provenance: dict[str, Any] = field(default_factory=dict)
    manifest_hash: str | None = None


def register(session: Session, version: NewVersion) -> ModelVersion:
    """Add a trained version as a challenger; its directory has to be complete."""
    row = ModelVersion(**vars(version))
    session.add(row)
    session.flush()
    return row


def champion(session: Session, locked: bool = False) -> ModelVersion | None:
    """The version that serves; with `locked`, nobody else changes it before this transaction ends."""
    return _in_state(session, VersionState.CHAMPION, locked)


def shadow(session: Session, locked: bool = False) -> ModelVersion | None:
    """The challenger that scores live traffic beside the champion, if any; `locked` as in `champion`."""
    return _in_state(session, VersionState.SHADOW, locked)


def in_service(session: Session) -> tuple[ModelVersion | None, ModelVersion | None]:
    """The champion and the challenger in shadow, of one moment."""
    by_state = {row.state: row for row in session.scalars(IN_SERVICE)}
    return by_state.get(VersionState.CHAMPION), by_state.get(VersionState.SHADOW)


def _in_state(session: Session, state: VersionState, locked: bool) -> ModelVersion | None:
    if locked:
        lock(session)
    rows = select(ModelVersion).where(ModelVersion.state == state)
    return session.scalars(rows.execution_options(populate_existing=locked)).one_or_none()


def lock(session: Session) -> None:
    """Let only this transaction change which version serves or is in shadow; others wait for its end.

    The lock is on the first row, for the champion's row changes: a waiter would go on with an old champion.
    """
    first = select(ModelVersion.id).order_by(ModelVersion.id).limit(1)
    session.execute(first.with_for_update(key_share=True))  # verdicts may go on naming that version


def is_refused(session: Session, version_id: int) -> bool:
    """Whether the gate refused the version, or it was rolled back."""
    state = session.scalars(select(ModelVersion.state).where(ModelVersion.id == version_id)).one_or_none()
    return state == VersionState.REJECTED


def fallbacks(session: Session) -> list[ModelVersion]:
    """Versions that served before, the latest first: what to serve if the champion's directory is damaged."""
    served = select(ModelVersion).where(ModelVersion.promoted_at.is_not(None), ModelVersion.pruned_at.is_(None))
    served = served.where(ModelVersion.state == VersionState.RETIRED)
    return list(session.scalars(served.order_by(ModelVersion.promoted_at.desc())))


def named(session: Session, name: str) -> ModelVersion:
    """The version of that name. Raises UnknownVersion."""
    version = session.scalars(select(ModelVersion).where(ModelVersion.name == storable(name))).one_or_none()
    if version is None:
        raise UnknownVersion(storable(name))
    return version


def newest_challenger(session: Session) -> ModelVersion | None:
    """The newest version that may be promoted without being named: it passed the gate against this champion.

    Without a champion, it is the newest that was not refused. A version rebuilt from old examples has to be named.
    """
    current = champion(session)
    challengers = select(ModelVersion).where(ModelVersion.state.in_((VersionState.CHALLENGER, VersionState.SHADOW)))
    if current is not None:
        challengers = challengers.where(ModelVersion.id > current.id)
    newest_first = session.scalars(challengers.order_by(ModelVersion.id.desc()))
    return next((version for version in newest_first if current is None or _passed(version, current)), None)


def _passed(version: ModelVersion, current: ModelVersion) -> bool:
    """Whether the version passed the gate against the current champion and is no rebuild."""
    gate = version.gate or {}
    compared_with = gate.get("figures", {}).get("champion", current.name)
    return bool(gate.get("passes")) and compared_with == current.name and "like" not in version.provenance


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
        events.note(session, Event.PROMOTION, model_version=name, before=before.name if before else None)
    return version


def record_gate_decision(session: Session, version_id: int, gate: dict[str, Any], state: VersionState) -> ModelVersion:
    """Store the gate's result and the state that follows. A new shadow replaces the previous one.

    A version that was promoted meanwhile stays champion.
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
                events.note(session, Event.REFUSAL, model_version=other.name, reasons=[f"overtaken by {version.name}"])
        session.flush()  # the database allows one shadow, so the old one goes first
        version.shadow_from = now()
    version.state = state
    if state == VersionState.REJECTED:
        events.note(session, Event.REFUSAL, model_version=version.name, reasons=gate.get("reasons", []))
    session.flush()
    return version


def roll_back(session: Session, by: str, reason: str, is_whole: IsWhole = lambda _: True) -> ModelVersion:
    """Promote the latest earlier version whose files are complete (`is_whole`), and reject the champion.

    Raises NothingToRollBackTo.
    """
    reason = storable(reason)
    rejected = champion(session, locked=True)
    before = next((version for version in fallbacks(session) if is_whole(version)), None)
    if rejected is None or before is None:
        raise NothingToRollBackTo
    rejected.gate = {**(rejected.gate or {}), "rolled_back_by": by, "rolled_back_because": reason}
    audit.note(session, by, "rollback", f"{rejected.name}: {reason}")
    version = promote(session, before.name, by)
    rejected.state = VersionState.REJECTED
    events.note(session, Event.ROLLBACK, model_version=rejected.name, serves=version.name, reason=reason)
    session.flush()
    return version


def next_number(session: Session) -> int:
    """A number that no registered version has, as its id or in its name."""
    numbers = [int(name[1:]) for name in session.scalars(select(ModelVersion.name)) if name[1:].isdecimal()]
    return max([session.scalars(select(func.max(ModelVersion.id))).one() or 0, *numbers]) + 1
