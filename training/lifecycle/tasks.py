"""Celery's entry points of training: consider whether to learn, every ten minutes; count, as often; tidy up, hourly."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache

import psutil
import structlog
from celery.signals import worker_ready, worker_shutting_down
from prometheus_client import Gauge
from sqlalchemy import Engine

from classifier import files
from jobs import send
from jobs.app import app
from jobs.heartbeat import Heartbeat
from jobs.metrics import REGISTRY
from jobs.settings import JobsSettings
from storage.access import joins, logins, trust
from storage.errors import DatabaseUnreachable
from storage.learning import erasure
from storage.models import ModelVersion
from storage.moderation import clock, listings, quality_counts, reactors, recent_spam, warnings
from storage.outbound import deliveries
from storage.processes import updates
from storage.session import open_engine, transaction
from storage.settings import StorageSettings
from training.lifecycle import schedule, shrinking
from training.settings import TrainingSettings

STOP_SECONDS = 5.0  # a container that is stopped has ten
EXPIRE_SECONDS = 600.0  # of each hour: what a busy chat wrote in an hour takes minutes, and runs wait for this process
UPDATES_KEPT_DAYS = 7.0  # of raw updates that were handled the numbers, so that none is handled twice

RUN_MEMORY = Gauge(
    "hamlet_run_memory_bytes", "Memory of the run under way, a process of its own; 0 without one", registry=REGISTRY
)

log = structlog.get_logger()


@cache
def engine() -> Engine:
    """The process's engine."""
    return open_engine(StorageSettings().address)


@cache
def heartbeat() -> Heartbeat:
    """The process's heartbeat."""
    return Heartbeat("training", JobsSettings())


def is_whole(version: ModelVersion) -> bool:
    """Whether the files of a version are those that were registered."""
    return files.is_whole(StorageSettings().models / version.name, version.manifest_hash)


class Apprentice:
    """The run under way, in a process of its own: its memory is freed when it ends, and this process stays responsive."""

    def __init__(
        self,
        begin: Callable[[list[str]], subprocess.Popen[bytes]] = subprocess.Popen,
        ring: Callable[[], None] = send.consider,
    ) -> None:
        self._begin, self._ring = begin, ring
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin a run, unless the last one is still going on."""
        if self._process is None or self._process.poll() is not None:
            self._process = self._begin([sys.executable, "-m", "training", "run"])

    def look(self) -> None:
        """Log how the last run ended, once, and ring the bell: another may have been asked for while its process ended."""
        if self._process is not None and (code := self._process.poll()) is not None:
            (log.info if code == 0 else log.warning)("the run ended", exit_code=code)
            self._process = None
            self._ring()

    def memory_bytes(self) -> int:
        """Resident memory of the run under way, 0 without one."""
        process = self._process
        with suppress(psutil.Error):
            return int(psutil.Process(process.pid).memory_info().rss) if process is not None else 0
        return 0

    def stop(self) -> None:
        """End the run under way, and wait for it a moment: it gives its lease back and waits again."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS)


apprentice = Apprentice()
RUN_MEMORY.set_function(apprentice.memory_bytes)


@app.task(name="training.beat")
def beat() -> None:
    """Every ten seconds: record that this process is listening."""
    heartbeat().beat()
    apprentice.look()


@app.task(name="training.consider")
def consider() -> None:
    """Every ten minutes, and whenever somebody asks."""
    start_if_due(engine(), apprentice)


def start_if_due(engine: Engine, apprentice: Apprentice) -> None:
    """Settle what waits, and start a run where one is due."""
    try:
        starts = schedule.consider(engine, TrainingSettings(), is_whole)
    except DatabaseUnreachable as error:
        log.warning("database out of reach: learning waits for the next slot", reason=str(error))
        return
    if starts:
        apprentice.start()


@app.task(name="training.tidy")
def tidy() -> None:
    """Delete raw updates and logins that are no longer needed, and texts and joins past their retention."""
    days = TrainingSettings().retention_days
    try:
        expired = _expire(days) if days is not None else 0
        with transaction(engine()) as session:
            clock.bring_back_what_happened(session)
            forgotten = updates.forget_old(session, UPDATES_KEPT_DAYS)
            logins.forget_expired(session)
            deliveries.tidy(session)
            listings.tidy(session)
            reactors.tidy(session)
            recent_spam.tidy(session)
            warnings.expire(session, days)
            joins_forgotten = joins.expire(session, days) if days is not None else 0
            if days is not None:
                trust.expire(session, days)
            erasure.erase_unneeded_authors(session)
        shrinking.shrink(engine())
    except DatabaseUnreachable as error:
        log.warning("database out of reach: tidying waits for the next hour", reason=str(error))
        return
    log.info("tidied", updates_forgotten=forgotten, texts_erased=expired, joins_forgotten=joins_forgotten)


def _expire(days: float) -> int:
    """Erase what is past its retention, a thousand at a time, until nothing is or the time is over. Returns how many."""
    deadline, expired = time.monotonic() + EXPIRE_SECONDS, 0
    while time.monotonic() < deadline:
        with transaction(engine()) as session:
            erased = erasure.expire(session, days)
        heartbeat().beat()
        expired += erased
        if not erased:
            break
    return expired


@app.task(name="training.count")
def count() -> None:
    """Every ten minutes: count what the page of quality reads."""
    try:
        with transaction(engine()) as session:
            quality_counts.count_hours(session)
        while copied():
            pass
    except DatabaseUnreachable as error:
        log.warning("database out of reach: counting waits for the next slot", reason=str(error))


def copied() -> int:
    """How many decisions got a copy of what they were about, at most some thousands at once."""
    with transaction(engine()) as session:
        return quality_counts.copy(session)


@worker_shutting_down.connect
def stop(**_: object) -> None:
    """Stop the run too: it is a process of its own, which a container would kill without a signal that it can act on."""
    apprentice.stop()


@worker_ready.connect
def catch_up(**_: object) -> None:
    """At the start, look at once: a slot may have passed while no process was listening."""
    send.consider()
