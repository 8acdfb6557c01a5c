"""The worker's sign of life in the database it works with, for whoever looks from elsewhere."""

from __future__ import annotations

from sqlalchemy.orm import Session

from storage.queries import leases

WORKER = "worker at work"
LASTS_SECONDS = 180.0


def of_work(session: Session, holder: str) -> None:
    """A worker works with this database. Any worker's sign is as good as another's."""
    leases.take(session, WORKER, holder, LASTS_SECONDS)


def is_worked_with(session: Session) -> bool:
    """Whether a worker gave a sign within LASTS_SECONDS."""
    return not leases.is_free(session, WORKER)
