"""A run's row: how far it is, and how it ended, whatever ended it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from storage.errors import StorageError
from storage.learning import runs
from storage.models import Run
from storage.session import transaction
from training.fit.progress import Reporter
from training.lifecycle.lease import Lease

STORED_EVERY_SECONDS = 2.0

log = structlog.get_logger()


class Recorded:
    """A reporter that stores progress in the run's row as it passes it on, and ends a run that lost its lease."""

    def __init__(self, reporter: Reporter, lease: Lease, engine: Engine, run: Run) -> None:
        self._reporter, self._lease, self._engine = reporter, lease, engine
        self._run_id, self._attempt = run.id, run.attempts
        self._stage, self._done, self._steps, self._stored_at = "", 0, 0, 0.0
        self.version_id: int | None = None

    def say(self, sentence: str) -> None:
        self._reporter.say(sentence)

    def begin(self, stage: str, total: int) -> None:
        self._lease.require()
        self._stage, self._done, self._steps = stage, 0, total
        self._store_progress()
        self._reporter.begin(stage, total)

    def advance(self, amount: int, note: str = "") -> None:
        self._lease.require()
        self._done += amount
        if time.monotonic() - self._stored_at > STORED_EVERY_SECONDS:
            self._store_progress()
        self._reporter.advance(amount, note)

    def end(self, session: Session) -> None:
        """Record that the run is over, with its version if it has registered one."""
        runs.end(session, self._run_id, self.version_id, attempt=self._attempt)

    def _store_progress(self) -> None:
        self._stored_at = time.monotonic()
        try:
            with transaction(self._engine) as session:
                runs.advance(session, self._run_id, self._stage, self._done, self._steps)
        except StorageError as error:  # progress may be stored later; the run itself needs no database now
            log.warning("how far the run is could not be stored", reason=str(error))


@contextmanager
def recorded(engine: Engine, reporter: Reporter, lease: Lease, by: str, goes_on: bool = True) -> Iterator[Recorded]:
    """Begin the run that waits, or a new one; afterwards record its version, or that it failed and why.

    When somebody stops it, with Ctrl-C or by ending the service, a run of the schedule waits again; one by hand is over.
    """
    with transaction(engine) as session:
        run = runs.begin(session, by, goes_on)
    recorder = Recorded(reporter, lease, engine, run)
    try:
        yield recorder
    except (KeyboardInterrupt, SystemExit):
        _store(engine, partial(_stopped, run=run))
        raise
    except BaseException as error:
        reason = str(error) or type(error).__name__
        _store(engine, partial(runs.end, run_id=run.id, version_id=None, error=reason, attempt=run.attempts))
        raise
    _store(engine, recorder.end)


def _stopped(session: Session, run: Run) -> None:
    if run.goes_on:
        runs.put_back(session, run.id, run.attempts)
    else:
        runs.end(session, run.id, None, "it was stopped", run.attempts)


def _store(engine: Engine, change: Callable[[Session], None]) -> None:
    try:
        with transaction(engine) as session:
            change(session)
    except StorageError as unreachable:  # the row says "running", and is taken up again as if this process had died
        log.warning("the run's end could not be stored", reason=str(unreachable))
