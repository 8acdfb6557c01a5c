"""The worker's sign of life in its database, for commands that run elsewhere."""

from __future__ import annotations

from sqlalchemy.orm import Session

from storage.processes import leases

WORKER = "worker at work"
LASTS_SECONDS = 180.0


def of_work(session: Session, holder: str) -> None:
    """Record that a worker uses this database, whichever worker it is."""
    leases.take(session, WORKER, holder, LASTS_SECONDS)


def is_worked_with(session: Session) -> bool:
    """Whether a worker gave a sign of life within LASTS_SECONDS."""
    return not leases.is_free(session, WORKER)
