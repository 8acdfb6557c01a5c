"""Which versions' directories may be deleted; rows and metrics stay for ever."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.learning import versions
from storage.learning.versions import IN_USE
from storage.models import ModelVersion, now

KEPT_NEWEST = 5  # versions whose directories stay, besides those in use and the previous champion


def prune(session: Session) -> list[str]:
    """Mark the versions whose directories may go. Returns the names of all marked versions, earlier ones included.

    Rows are marked before files are deleted, so a version that may be promoted has its files, and directories that a
    crash left behind are named again the next time.
    """
    versions.lock(session)
    for version in prunable(session):
        mark(version)
    session.flush()
    return list(session.scalars(select(ModelVersion.name).where(ModelVersion.pruned_at.is_not(None))))


def prunable(session: Session) -> list[ModelVersion]:
    """Versions that are neither in use, nor the previous champion, nor among the newest."""
    spared = {version.id for version in versions.every(session)[:KEPT_NEWEST]}
    spared |= {version.id for version in versions.fallbacks(session)[:1]}
    old = select(ModelVersion).where(ModelVersion.state.not_in(IN_USE), ModelVersion.pruned_at.is_(None))
    return [version for version in session.scalars(old) if version.id not in spared]


def mark(version: ModelVersion) -> None:
    """Mark the version's directory as removed; it can no longer serve."""
    version.pruned_at = now()
