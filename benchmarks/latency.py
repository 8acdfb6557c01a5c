"""`python -m benchmarks.latency --json`: how long a message waits for its verdict while the machine is idle.

A real worker listens to a real Valkey, on PostgreSQL, with a scorer that takes 20 ms for a message: one forward. Messages are
stored one at a time, through the function that the bot uses, and each rings the bell as the bot does, while the worker
sweeps once a second. The verdict's commit is seen by asking every 2 milliseconds, which is in the figures.

p50_forwards, p99_forwards      from the commit of the row to the commit of the verdict, in forwards
"""

from __future__ import annotations

import logging
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import numpy as np
import structlog
from sqlalchemy import Engine, select

from benchmarks.bench import answer, options, say
from benchmarks.scaling import FixedCost
from classifier.spam import SpamClassifier
from jobs import send
from jobs.app import CLASSIFY, listen
from storage.access import chats
from storage.learning import versions
from storage.learning.versions import NewVersion
from storage.models import Platform, Verdict
from storage.moderation.receiving import Incoming, receive
from storage.session import open_engine, reading, transaction
from storage.settings import StorageSettings
from tests.servers import Broker, Postgres

FORWARD_MS, MESSAGES = 20.0, 200
PAUSES = (0.05, 0.25)  # seconds between a verdict and the next message, by chance, so that no rhythm meets the sweep's
ASK_EVERY, WITHIN = 0.002, 30.0  # seconds
VERSION = "v1"


class OneForward(FixedCost):
    """A scorer that takes one forward for each message."""

    def rest(self) -> None:
        """It holds nothing that could be given back."""


def main() -> None:
    if sys.argv[1:] == ["worker"]:
        work()
        return
    chosen = options(__doc__ or "").parse_args()
    answer(lambda: measure(MESSAGES // 4 if chosen.fast else MESSAGES), chosen.json)


def measure(n_messages: int) -> dict[str, Any]:
    """The figures of so many messages, one after the other."""
    with tempfile.TemporaryDirectory() as folder, Postgres(Path(folder)) as postgres, Broker() as broker:
        address = postgres.migrated_database()
        settings = {
            "HAMLET_DATABASE_URL": address,
            "HAMLET_BROKER_URL": broker.url,
            "HAMLET_HOME": str(Path(folder) / "home"),
            "HAMLET_LOG_LEVEL": "WARNING",
        }
        os.environ.update(settings)
        engine = open_engine(address)
        prepare(engine)
        with worker(settings):
            waited(engine, 0)  # the first finds a worker that has just started
            seconds = [waited(engine, n) for n in range(1, n_messages + 1)]
        engine.dispose()
    p50, p99 = (float(np.quantile(seconds, share)) * 1_000 for share in (0.5, 0.99))
    say(f"{n_messages} messages: {p50:.1f} ms in the middle, {p99:.1f} ms for one in a hundred")
    return {
        "p50_forwards": round(p50 / FORWARD_MS, 2),
        "p99_forwards": round(p99 / FORWARD_MS, 2),
        "forward_ms": FORWARD_MS,
        "messages": n_messages,
    }


def prepare(engine: Engine) -> None:
    """A version that serves, and the chat."""
    (StorageSettings().models / VERSION).mkdir(parents=True)
    with transaction(engine) as session:
        versions.register(session, NewVersion(VERSION, 0.9, 0.99, "0" * 64, {}))
        versions.promote(session, VERSION, "benchmark")
        chats.get_or_create(session, Platform.TELEGRAM, -1, "a chat")


@contextmanager
def worker(settings: Mapping[str, str]) -> Iterator[None]:
    """A worker process with these settings."""
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.latency", "worker"], env=os.environ | settings)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def waited(engine: Engine, number: int) -> float:
    """Store a message, ring, and return the seconds from its commit to that of its verdict."""
    time.sleep(random.uniform(*PAUSES))
    text = f"message number {number} of a quiet chat"
    moment = datetime.now(UTC)
    with transaction(engine) as session:
        row = receive(session, Incoming(Platform.TELEGRAM, -1, "a chat", number + 1, number % 50 + 1, "", text, moment))
    stored_at = time.perf_counter()
    send.classify()
    verdicts = select(Verdict.id).where(Verdict.message_id == row)
    while time.perf_counter() < stored_at + WITHIN:
        with reading(engine) as session:
            if session.scalars(verdicts).first() is not None:
                return time.perf_counter() - stored_at
        time.sleep(ASK_EVERY)
    raise TimeoutError(f"message {number} has had no verdict for {WITHIN:.0f} seconds")


def work() -> None:
    """The worker's own tasks, with a classifier that is not read from a file."""
    from worker import tasks  # Celery's app reads the environment as it is imported
    from worker.models import Models

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    classifier = cast(SpamClassifier, OneForward(FORWARD_MS))
    champion = tasks.context().champion
    champion._models = Models(StorageSettings().models, "auto", load=lambda _folder, _precision: classifier)
    champion.current()
    listen("worker", CLASSIFY)


if __name__ == "__main__":
    main()
