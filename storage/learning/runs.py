"""Fine-tuning runs: requested by anyone, carried out one at a time, and repeated if their process died."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, Update, func, select, update
from sqlalchemy.orm import Session

from storage.models import Correction, CorrectionState, Run, RunState, now
from storage.upsert import insert_once

MAX_ATTEMPTS = 3  # a run whose process died this often is not repeated automatically
OPEN = (RunState.ASKED, RunState.RUNNING)


def ask(session: Session, by: str) -> Run:
    """Request a run whose version may serve. One that waits or runs already is returned instead."""
    if (run := _open(session)) is not None:
        return run
    insert_once(session, Run, {"asked_by": by, "state": RunState.ASKED})  # the database allows one that waits
    run = _open(session)
    assert run is not None
    return run


def ask_again(session: Session, by: str) -> None:
    """Request a run after the one under way, unless one waits already."""
    if waiting(session) is None:
        insert_once(session, Run, {"asked_by": by, "state": RunState.ASKED})


def _open(session: Session) -> Run | None:
    opened = select(Run).where(Run.state.in_(OPEN), Run.goes_on)
    return session.scalars(opened.order_by(Run.id).limit(1)).one_or_none()


def waiting(session: Session) -> Run | None:
    """The run that was requested and has not begun."""
    return session.scalars(select(Run).where(Run.state == RunState.ASKED)).one_or_none()


def latest(session: Session) -> Run | None:
    """The scheduled run that began last, whatever its outcome; runs by hand do not count."""
    return session.scalars(_begun().where(Run.goes_on).limit(1)).one_or_none()


def latest_done(session: Session) -> Run | None:
    """The last scheduled run that registered a version."""
    return session.scalars(_begun().where(Run.state == RunState.DONE, Run.goes_on).limit(1)).one_or_none()


def failed_since_done(session: Session) -> int:
    """How many scheduled runs have failed since the last successful one."""
    done = latest_done(session)
    failed = select(func.count()).select_from(Run).where(Run.goes_on, Run.state == RunState.FAILED)
    return session.scalars(failed if done is None else failed.where(Run.started_at > done.started_at)).one()


def _begun() -> Select[Run]:
    return select(Run).where(Run.started_at.is_not(None)).order_by(Run.started_at.desc(), Run.id.desc())


def newest(session: Session, limit: int = 20) -> list[Run]:
    """The newest runs, whatever their state."""
    return list(session.scalars(select(Run).order_by(Run.id.desc()).limit(limit)))


def begin(session: Session, by: str, goes_on: bool = True) -> Run:
    """Start a run: the one that waits, or a new one. With `goes_on` False (by hand) it is always new."""
    if goes_on:
        run = waiting(session) or ask(session, by)
    else:
        run = Run(asked_by=by, goes_on=False, attempts=0)
        session.add(run)
    run.state, run.started_at, run.attempts, run.error = RunState.RUNNING, now(), run.attempts + 1, None
    session.flush()
    return run


def advance(session: Session, run_id: int, stage: str, done: int, steps: int) -> None:
    """Record a run's progress."""
    session.execute(update(Run).where(Run.id == run_id).values(stage=stage, steps_done=done, steps=steps))


def end(
    session: Session, run_id: int, version_id: int | None, error: str | None = None, attempt: int | None = None
) -> None:
    """Record that the run registered that version, or failed with that reason.

    With `attempt`, only if that attempt is still the current one: a process that lost the run changes nothing.
    """
    state = RunState.FAILED if error else RunState.DONE
    values = {"state": state, "ended_at": now(), "error": error, "model_version_id": version_id}
    session.execute(_of_attempt(run_id, attempt).values(**values))


def put_back(session: Session, run_id: int, attempt: int) -> None:
    """The run was stopped through no fault of its own: it waits again, unless another waits already."""
    if waiting(session) is None:
        session.execute(_of_attempt(run_id, attempt).values(state=RunState.ASKED, attempts=attempt - 1))
    else:
        end(session, run_id, None, "it was stopped, and another run waits", attempt)


def _of_attempt(run_id: int, attempt: int | None) -> Update:
    """An update of the run; with `attempt`, only while that attempt is running."""
    changed = update(Run).where(Run.id == run_id)
    return changed if attempt is None else changed.where(Run.attempts == attempt, Run.state == RunState.RUNNING)


def locked_running(session: Session) -> list[Run]:
    """The runs in state `running`, locked; those that another transaction changes just now are left out."""
    running = select(Run).where(Run.state == RunState.RUNNING).with_for_update(skip_locked=True)
    return list(session.scalars(running.execution_options(populate_existing=True)))


def take_up(session: Session, dead: Sequence[Run]) -> None:
    """Request again, or give up, runs whose processes died.

    A run by hand is given up: the person who began it chose its examples and decides whether to repeat it.
    """
    for run in dead:
        run.error = _given_up_because(session, run)
        run.state = RunState.FAILED if run.error else RunState.ASKED
        run.ended_at = now() if run.error else None
        session.flush()


def _given_up_because(session: Session, run: Run) -> str | None:
    if not run.goes_on:
        return "its process died; `hamlet train` begins another"
    if run.attempts >= MAX_ATTEMPTS:
        return f"its process died {run.attempts} times; `hamlet train` shows why in the foreground"
    return "its process died, and another run waits" if waiting(session) is not None else None


def accepted_since(session: Session, moment: datetime | None) -> int:
    """How many accepted corrections were made after that moment."""
    made = select(func.count()).select_from(Correction).where(Correction.state == CorrectionState.ACCEPTED)
    return session.scalars(made if moment is None else made.where(Correction.created_at > moment)).one()
