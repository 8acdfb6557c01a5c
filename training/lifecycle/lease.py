"""One run at a time, enforced by a row that outlives crashes."""

from __future__ import annotations

import os
import platform
import threading
import uuid
from pathlib import Path

import psutil
import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from jobs import place
from storage.errors import StorageError
from storage.learning import runs
from storage.processes import leases
from storage.session import transaction
from training.errors import TrainingBusy

LEASE = "training"
LEASE_SECONDS = 120.0  # renewed while the run goes on; a run that died holds it no longer than this
RENEW_SECONDS = 10.0

log = structlog.get_logger()


class Lease:
    """Held from `with` to its end: a thread renews it, however long a step of the run takes."""

    def __init__(self, engine: Engine, renew_seconds: float = RENEW_SECONDS) -> None:
        self._engine, self._renew_seconds = engine, renew_seconds
        self._holder = f"{here()}{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._is_over, self._is_lost = threading.Event(), False
        self._renewer = threading.Thread(target=self._renew, name="lease", daemon=True)

    def __enter__(self) -> Lease:
        """Raises TrainingBusy where another run holds it."""
        self._take()
        self._renewer.start()
        return self

    def require(self) -> None:
        """Raises TrainingBusy where it was lost because it could not be renewed in time."""
        if self._is_lost:
            raise TrainingBusy

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._renewer.join()
        with transaction(self._engine) as session:
            leases.give_back(session, LEASE, self._holder)

    def _take(self) -> None:
        with transaction(self._engine) as session:
            _free_of_the_dead(session)
            if not leases.take(session, LEASE, self._holder, LEASE_SECONDS):
                raise TrainingBusy

    def _renew(self) -> None:
        while not self._is_over.wait(self._renew_seconds):
            try:
                self._take()
            except TrainingBusy:
                self._is_lost = True
                return
            except StorageError as error:  # the lease lasts a while yet; the next attempt may succeed
                log.warning("the lease could not be renewed", reason=str(error))


def is_free(session: Session) -> bool:
    """Whether no run is under way."""
    _free_of_the_dead(session)
    return leases.is_free(session, LEASE)


def take_up_abandoned(session: Session) -> bool:
    """Settle the runs whose processes died. Returns whether the lease is free, so that another may begin.

    Their rows are locked before the lease is looked at: a run takes its lease before its row says `running`, and gives it
    back after, so a locked row without a lease is that of a dead process. The other way round a run that begins
    between the two statements would be taken for dead.
    """
    running = runs.locked_running(session)
    if not is_free(session):
        return False
    runs.take_up(session, running)
    return True


def here(processes: Path = place.PROCESSES) -> str:
    """The prefix of holders in this container of this machine, where their process numbers mean something."""
    return f"{platform.node()[:16]}:{place.fingerprint(processes)}:"


def _free_of_the_dead(session: Session) -> None:
    """Give back the lease of a process of this machine that has died, instead of waiting for it to expire."""
    holder = leases.holder(session, LEASE) or ""
    number = holder.removeprefix(here()).partition(":")[0]
    if holder.startswith(here()) and number.isdecimal() and not psutil.pid_exists(int(number)):
        leases.give_back(session, LEASE, holder)
