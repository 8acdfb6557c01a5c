"""One run at a time, by a row that outlives crashes."""

from __future__ import annotations

import math
import os
import platform
import time
import uuid

import psutil
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from storage.queries import leases
from storage.session import transaction
from training.errors import TrainingBusy

LEASE = "training"
LEASE_SECONDS = 120.0  # renewed as the run goes on; a run that died frees it after this long
RENEW_SECONDS = 10.0


class Lease:
    """Held from `with` to its end, if it is renewed in time."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._holder, self._renewed_at = (
            engine,
            f"{_here()}{os.getpid()}:{uuid.uuid4().hex[:8]}",
            -math.inf,
        )

    def __enter__(self) -> Lease:
        self.renew()
        return self

    def renew(self) -> None:
        """Keep the lease. Raises TrainingBusy where another run has it."""
        if time.monotonic() - self._renewed_at < RENEW_SECONDS:
            return
        with transaction(self._engine) as session:
            _free_of_the_dead(session)
            if not leases.take(session, LEASE, self._holder, LEASE_SECONDS):
                raise TrainingBusy
        self._renewed_at = time.monotonic()

    def __exit__(self, *_: object) -> None:
        with transaction(self._engine) as session:
            leases.give_back(session, LEASE, self._holder)


def is_free(session: Session) -> bool:
    """Whether no run is under way."""
    _free_of_the_dead(session)
    return leases.is_free(session, LEASE)


def _here() -> str:
    """What the holders of this machine begin with."""
    return f"{platform.node()[:32]}:"


def _free_of_the_dead(session: Session) -> None:
    """Give back what a process of this machine held that is no more, instead of waiting for its lease to run out."""
    holder = leases.holder(session, LEASE) or ""
    number = holder.removeprefix(_here()).partition(":")[0]
    if holder.startswith(_here()) and number.isdecimal() and not psutil.pid_exists(int(number)):
        leases.give_back(session, LEASE, holder)
