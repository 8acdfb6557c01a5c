"""A run as its row tells it: how far it is, and how it ended, whatever ended it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy import Engine

from storage.errors import StorageError
from storage.queries import runs
from storage.session import transaction
from training.lease import Lease
from training.reporter import Reporter

TOLD_EVERY_SECONDS = 2.0

log = structlog.get_logger()


class Recorded:
    """A reporter that renews the lease and writes the run's row with every step that it passes on."""

    def __init__(self, reporter: Reporter, lease: Lease, engine: Engine, run_id: int) -> None:
        self._reporter, self._lease, self._engine, self._run_id = reporter, lease, engine, run_id
        self._stage, self._done, self._steps, self._told_at = "", 0, 0, 0.0
        self.version_id: int | None = None

    def say(self, sentence: str) -> None:
        self._reporter.say(sentence)

    def begin(self, stage: str, total: int) -> None:
        self._lease.renew()
        self._stage, self._done, self._steps = stage, 0, total
        self._tell()
        self._reporter.begin(stage, total)

    def advance(self, amount: int, note: str = "") -> None:
        self._lease.renew()
        self._done += amount
        if time.monotonic() - self._told_at > TOLD_EVERY_SECONDS:
            self._tell()
        self._reporter.advance(amount, note)

    def _tell(self) -> None:
        self._told_at = time.monotonic()
        with transaction(self._engine) as session:
            runs.advance(session, self._run_id, self._stage, self._done, self._steps)


@contextmanager
def recorded(engine: Engine, reporter: Reporter, lease: Lease, by: str) -> Iterator[Recorded]:
    """The run that waits, or a new one, begun; ended with its version, or as failed with the reason."""
    with transaction(engine) as session:
        run_id = runs.begin(session, by).id
    watched = Recorded(reporter, lease, engine, run_id)
    try:
        yield watched
    except BaseException as error:
        _end(engine, run_id, None, str(error) or type(error).__name__)
        raise
    _end(engine, run_id, watched.version_id, None)


def _end(engine: Engine, run_id: int, version_id: int | None, error: str | None) -> None:
    try:
        with transaction(engine) as session:
            runs.end(session, run_id, version_id, error)
    except StorageError as unreachable:  # the row says "running", and is taken up again as if we had died
        log.warning("the run's end could not be stored", run=run_id, reason=str(unreachable))
