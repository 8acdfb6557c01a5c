"""Model versions: registered once, one champion at a time, the old ones kept for a while."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.errors import UnknownVersion
from storage.models import ModelVersion, VersionState, now

KEPT_NEWEST = 5  # versions whose directories stay, besides those in use and the champion before
IN_USE = (VersionState.CHAMPION, VersionState.SHADOW)


@dataclass(frozen=True)
class NewVersion:
    """What a finished training run registers."""

    name: str
    review_threshold: float
    act_threshold: float
    examples_hash: str
    metrics: dict[str, Any]


def register(session: Session, version: NewVersion) -> ModelVersion:
    """Add a trained version as a challenger; its directory must be complete by now."""
    row = ModelVersion(**vars(version))
    session.add(row)
    session.flush()
    return row


def champion(session: Session) -> ModelVersion | None:
    return session.scalars(select(ModelVersion).where(ModelVersion.state == VersionState.CHAMPION)).one_or_none()


def shadow(session: Session) -> ModelVersion | None:
    """The challenger that judges live traffic beside the champion, if there is one."""
    return session.scalars(select(ModelVersion).where(ModelVersion.state == VersionState.SHADOW)).one_or_none()


def fallbacks(session: Session) -> list[ModelVersion]:
    """Versions that served before, the latest first: what to serve when the champion's directory is damaged."""
    served = select(ModelVersion).where(ModelVersion.promoted_at.is_not(None), ModelVersion.pruned_at.is_(None))
    served = served.where(ModelVersion.state == VersionState.RETIRED)
    return list(session.scalars(served.order_by(ModelVersion.promoted_at.desc())))


def named(session: Session, name: str) -> ModelVersion:
    """The version of that name. Raises UnknownVersion."""
    found = session.scalars(select(ModelVersion).where(ModelVersion.name == name)).one_or_none()
    if found is None:
        raise UnknownVersion(name)
    return found


def newest_challenger(session: Session) -> ModelVersion | None:
    challengers = select(ModelVersion).where(ModelVersion.state == VersionState.CHALLENGER)
    return session.scalars(challengers.order_by(ModelVersion.id.desc()).limit(1)).one_or_none()


def every(session: Session) -> list[ModelVersion]:
    """All versions, the newest first."""
    return list(session.scalars(select(ModelVersion).order_by(ModelVersion.id.desc())))


def promote(session: Session, name: str, by: str) -> ModelVersion:
    """Make the version champion and retire the one before it. Raises UnknownVersion."""
    version = named(session, name)
    before = champion(session)
    if before is not None and before.id != version.id:
        before.state = VersionState.RETIRED
        session.flush()  # the database allows one champion, so the old one goes first
    if version.state != VersionState.CHAMPION:
        version.state, version.promoted_at, version.promoted_by = VersionState.CHAMPION, now(), by
        session.flush()
    return version


def next_number(session: Session) -> int:
    """A number no registered version has had, in its row or in its name."""
    numbers = [int(name[1:]) for name in session.scalars(select(ModelVersion.name)) if name[1:].isdecimal()]
    return max([session.scalars(select(func.max(ModelVersion.id))).one() or 0, *numbers]) + 1


def prunable(session: Session) -> list[ModelVersion]:
    """Versions whose directories may go: not in use, not the champion before this one, not among the newest."""
    kept = {version.id for version in every(session)[:KEPT_NEWEST]}
    kept |= {version.id for version in fallbacks(session)[:1]}
    old = select(ModelVersion).where(ModelVersion.state.not_in(IN_USE), ModelVersion.pruned_at.is_(None))
    return [version for version in session.scalars(old) if version.id not in kept]


def mark_pruned(version: ModelVersion) -> None:
    """Its directory is gone; it can no longer serve."""
    version.pruned_at = now()
