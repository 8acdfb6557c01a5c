"""Versions whose directories may go: rows and figures stay for ever, files do not."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import ModelVersion, now
from storage.queries import versions
from storage.queries.versions import IN_USE

KEPT_NEWEST = 5  # versions whose directories stay, besides those in use and the champion before


def prune(session: Session) -> list[str]:
    """Mark what may go. Returns the names of all whose directories are to be removed, or were.

    The rows say so first: what may be promoted has its files. Those that a crash left are named the next time again.
    """
    versions.lock(session)
    for version in prunable(session):
        mark(version)
    session.flush()
    return list(session.scalars(select(ModelVersion.name).where(ModelVersion.pruned_at.is_not(None))))


def prunable(session: Session) -> list[ModelVersion]:
    """Versions that are not in use, not the champion before this one, not among the newest."""
    kept = {version.id for version in versions.every(session)[:KEPT_NEWEST]}
    kept |= {version.id for version in versions.fallbacks(session)[:1]}
    old = select(ModelVersion).where(ModelVersion.state.not_in(IN_USE), ModelVersion.pruned_at.is_(None))
    return [version for version in session.scalars(old) if version.id not in kept]


def mark(version: ModelVersion) -> None:
    """Its directory goes; it can no longer serve."""
    version.pruned_at = now()
