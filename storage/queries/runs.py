"""Fine-tuning runs: asked for by anyone, done one at a time, taken up again when their process died."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from storage.models import Correction, CorrectionState, Run, RunState, now

MAX_ATTEMPTS = 3  # a run that took its process down this often is not tried again by itself
OPEN = (RunState.ASKED, RunState.RUNNING)


def ask(session: Session, by: str) -> Run:
    """Ask for a run; the one that waits or runs already answers for it."""
    found = session.scalars(select(Run).where(Run.state.in_(OPEN)).order_by(Run.id).limit(1)).one_or_none()
    if found is not None:
        return found
    run = Run(asked_by=by)
    session.add(run)
    session.flush()
    return run


def waiting(session: Session) -> Run | None:
    """The run that was asked for and has not begun."""
    return session.scalars(select(Run).where(Run.state == RunState.ASKED).order_by(Run.id).limit(1)).one_or_none()


def latest(session: Session) -> Run | None:
    """The run that began last, whatever became of it."""
    begun = select(Run).where(Run.started_at.is_not(None))
    return session.scalars(begun.order_by(Run.started_at.desc(), Run.id.desc()).limit(1)).one_or_none()


def newest(session: Session, limit: int = 20) -> list[Run]:
    """The newest runs, whatever their state."""
    return list(session.scalars(select(Run).order_by(Run.id.desc()).limit(limit)))


def begin(session: Session, by: str) -> Run:
    """The run that waits, or one that nobody asked for before, as running from now on."""
    run = waiting(session) or ask(session, by)
    run.state, run.started_at, run.attempts, run.error = RunState.RUNNING, now(), run.attempts + 1, None
    session.flush()
    return run


def advance(session: Session, run_id: int, stage: str, done: int, steps: int) -> None:
    """Say how far a run is."""
    session.execute(update(Run).where(Run.id == run_id).values(stage=stage, steps_done=done, steps=steps))


def end(session: Session, run_id: int, version_id: int | None, error: str | None = None) -> None:
    """The run registered that version, or failed with that reason."""
    state = RunState.FAILED if error else RunState.DONE
    values = {"state": state, "ended_at": now(), "error": error, "model_version_id": version_id}
    session.execute(update(Run).where(Run.id == run_id).values(**values))


def take_up_abandoned(session: Session) -> int:
    """Runs that say they run, while nobody holds the lease: asked for again, or given up. Returns how many."""
    dead = list(session.scalars(select(Run).where(Run.state == RunState.RUNNING).with_for_update(skip_locked=True)))
    for run in dead:
        if run.attempts >= MAX_ATTEMPTS:
            run.state, run.ended_at = RunState.FAILED, now()
            run.error = f"its process died {run.attempts} times; `hamlet train` shows why in the foreground"
        else:
            run.state = RunState.ASKED
    return len(dead)


def accepted_since(session: Session, moment: datetime | None) -> int:
    """How many accepted corrections were made after that moment."""
    made = select(func.count()).select_from(Correction).where(Correction.state == CorrectionState.ACCEPTED)
    return session.scalars(made if moment is None else made.where(Correction.created_at > moment)).one()
