"""`python -m benchmarks.scaling --json`: where the queue's own limit lies, whatever the classifier costs.

1, 2 and 4 worker processes on one PostgreSQL empty an inbox through the worker's own function, with a scorer that takes a fixed
time for each message: none at all, 1 ms, 10 ms (it sleeps, so that two cores can hold four workers).

per_second      messages a second from the start of the first claim to the end of the last verdict, by cost and workers
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import structlog
from sqlalchemy import Engine

from benchmarks.bench import answer, options, ran_on, say
from classifier.errors import TextError
from classifier.spam import SpamClassifier
from classifier.thresholds import LOWERED_AT_MOST, Thresholds
from storage.access import chats
from storage.learning import versions
from storage.learning.versions import NewVersion
from storage.models import Message, Platform
from storage.session import open_engine, transaction
from storage.upsert import insert_all_once
from tests.servers import Postgres
from worker import moderation
from worker.batches import BatchSize
from worker.models import Serving
from worker.recent_scores import Scorer

WORKERS, COSTS_MS = (1, 2, 4), (0.0, 1.0, 10.0)
BATCH, LEASE_SECONDS = 32, 60.0  # as many as a worker claims at first
MESSAGES = {0.0: 40_000, 1.0: 8_000, 10.0: 2_000}
PAGE = 1_000


class FixedCost(Scorer):
    """A scorer that takes the same time for every message and flags none."""

    thresholds = Thresholds(0.9, 0.99)
    tokens_read = 0

    def __init__(self, milliseconds: float) -> None:
        self._seconds = milliseconds / 1_000

    def try_score(self, texts: Sequence[str], _lowered: float = LOWERED_AT_MOST) -> list[float | TextError]:
        """A low score of each text, after the time that all of them take."""
        if self._seconds:
            time.sleep(self._seconds * len(texts))
        return [0.01] * len(texts)


def main() -> None:
    if sys.argv[1:2] == ["worker"]:
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        print(json.dumps(work(sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))))
        return
    chosen = options(__doc__ or "").parse_args()
    answer(lambda: measure(10 if chosen.fast else 1), chosen.json)


def measure(divisor: int, costs: Sequence[float] = COSTS_MS, workers: Sequence[int] = WORKERS) -> dict[str, Any]:
    """The figures; `divisor` makes the inboxes smaller."""
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder, Postgres(Path(folder)) as postgres:
        for cost in costs:
            for n in workers:
                rate = emptied(postgres.migrated_database(), MESSAGES[cost] // divisor, n, cost)
                figures.setdefault(f"{cost:g} ms", {})[str(n)] = round(rate)
                say(f"{cost:g} ms a message, {n} workers: {rate:,.0f} messages a second")
    return {"per_second": figures, "batch": BATCH} | ran_on()


def emptied(address: str, n_messages: int, n_workers: int, cost: float) -> float:
    """Messages a second of so many workers on an inbox of so many messages."""
    engine = open_engine(address)
    version_id = fill(engine, n_messages)
    engine.dispose()
    command = [sys.executable, "-m", "benchmarks.scaling", "worker", address, str(version_id), str(cost)]
    workers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(n_workers)]
    for worker in workers:  # each says when it is ready; then all begin at once
        assert worker.stdout is not None
        worker.stdout.readline()
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write(b"\n")
        worker.stdin.flush()
    spans = [json.loads(worker.communicate()[0]) for worker in workers]
    judged = sum(span["judged"] for span in spans)
    assert judged == n_messages, f"{judged} of {n_messages} messages were judged"
    took: float = max(span["end"] for span in spans) - min(span["begin"] for span in spans)
    return n_messages / took


def fill(engine: Engine, n_messages: int) -> int:
    """Register a version and store the messages as pending. Returns the version's row."""
    with transaction(engine) as session:
        version = versions.register(session, NewVersion("v1", 0.9, 0.99, "0" * 64, {}))
        chat = chats.get_or_create(session, Platform.TELEGRAM, -1, "a chat")
        common = {"chat_id": chat.id, "author_name": "", "sent_at": datetime.now(UTC)}
        for start in range(0, n_messages, PAGE):
            numbers = range(start, min(start + PAGE, n_messages))
            rows = [
                {**common, "message_id": n + 1, "author_id": n % 500, "text": f"message number {n} of a busy chat"}
                for n in numbers
            ]
            insert_all_once(session, Message, rows, Message.message_id)
        return version.id


def work(address: str, version_id: int, cost: float) -> dict[str, float]:
    """Judge until nothing waits, once standard input says so."""
    engine = open_engine(address)
    serving = Serving(version_id, "v1", cast(SpamClassifier, FixedCost(cost)))
    print("ready", flush=True)
    sys.stdin.readline()
    begin, judged, batches = time.time(), 0, BatchSize(BATCH)
    while done := moderation.judge(engine, serving, batches.begin(), LEASE_SECONDS).judged:
        batches.end(done)
        judged += done
    return {"begin": begin, "end": time.time(), "judged": judged}


if __name__ == "__main__":
    main()
