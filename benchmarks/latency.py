"""`python -m benchmarks.latency --json`: how long a message waits for its verdict while the machine is idle.

The worker of the newest version in HAMLET_HOME (`hamlet train` makes one) listens to a real Valkey, on PostgreSQL. Messages of the
collection's natural mix are stored one at a time, through the function that the bot uses, and each rings the bell as the bot does,
while the worker sweeps once a second. The verdict's commit is seen by asking every 2 milliseconds, which is in the figures. A
forward is what the same version takes for the same messages alone, without a database; it is measured between them.

p50_forwards, p99_forwards      from the commit of the row to the commit of the verdict, in forwards (their median)
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine, select

from benchmarks.bench import answer, options, ran_on, say
from benchmarks.serving import required
from benchmarks.speeds import AS_WORKERS, SEED, natural
from classifier.spam import SpamClassifier
from jobs import send
from storage.access import chats
from storage.learning import versions
from storage.learning.versions import NewVersion
from storage.models import Platform, Verdict
from storage.moderation.receiving import Incoming, receive
from storage.session import open_engine, reading, transaction
from tests.servers import Broker, Postgres
from training.data import datasets, sms
from training.settings import TrainingSettings

MESSAGES = 200
PAUSES = (0.05, 0.25)  # seconds between a verdict and the next message, by chance, so that no rhythm meets the sweep's
ASK_EVERY, WITHIN = 0.002, 30.0  # seconds


def main() -> None:
    chosen = options(__doc__ or "").parse_args()
    directory = required()
    answer(lambda: measure(directory, drawn(1 + (MESSAGES // 4 if chosen.fast else MESSAGES))), chosen.json)


def drawn(n_messages: int) -> list[str]:
    """So many messages of the collection's natural mix."""
    settings = TrainingSettings()
    collection = [example.text for example in datasets.read_sms(sms.fetch(settings.cache, settings.datasets, say))]
    return natural(collection, n_messages, random.Random(SEED))


def measure(directory: Path, texts: list[str]) -> dict[str, Any]:
    """The figures of these messages but the first, one after the other, for the version in that directory."""
    classifier = SpamClassifier.load(directory, "auto")
    with tempfile.TemporaryDirectory() as folder, Postgres(Path(folder)) as postgres, Broker() as broker:
        address, home = postgres.migrated_database(), Path(folder) / "home"
        (home / "models").mkdir(parents=True)
        (home / "models" / directory.name).symlink_to(directory.absolute())
        os.environ |= {
            "HAMLET_DATABASE_URL": address,
            "HAMLET_BROKER_URL": broker.url,
            "HAMLET_HOME": str(home),
            "HAMLET_LOG_LEVEL": "WARNING",
        }  # of the worker, and of the bell here
        engine = open_engine(address)
        prepare(engine, directory.name)
        with worker():
            waited(engine, 0, texts[0])  # the first finds a worker that has just started
            classifier.try_score(texts[:1], AS_WORKERS)
            pairs = [(waited(engine, n, text), forward(classifier, text)) for n, text in enumerate(texts[1:], 1)]
        engine.dispose()
    waits, forwards = (np.array(seconds) * 1_000 for seconds in zip(*pairs, strict=True))
    p50, p99 = (float(np.quantile(waits, share)) for share in (0.5, 0.99))
    unit = float(np.median(forwards))
    say(
        f"{len(waits)} messages: {p50:.1f} ms in the middle, {p99:.1f} ms for one in a hundred; a forward {unit:.1f} ms"
    )
    return {
        "p50_forwards": round(p50 / unit, 2),
        "p99_forwards": round(p99 / unit, 2),
        "p50_ms": round(p50, 1),
        "p99_ms": round(p99, 1),
        "forward_ms": round(unit, 1),
        "forward_p99_ms": round(float(np.quantile(forwards, 0.99)), 1),
        **ran_on(),
        "messages": len(waits),
    }


def prepare(engine: Engine, version: str) -> None:
    """The version that serves, and the chat."""
    with transaction(engine) as session:
        versions.register(session, NewVersion(version, 0.9, 0.99, "0" * 64, {}))
        versions.promote(session, version, "benchmark")
        chats.get_or_create(session, Platform.TELEGRAM, -1, "a chat")


@contextmanager
def worker() -> Iterator[None]:
    """A worker process with the settings of the environment."""
    process = subprocess.Popen([sys.executable, "-m", "worker"], stdout=sys.stderr)  # ours is for the figures
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def forward(classifier: SpamClassifier, text: str) -> float:
    """Seconds of scoring the text alone."""
    began = time.perf_counter()
    classifier.try_score([text], AS_WORKERS)
    return time.perf_counter() - began


def waited(engine: Engine, number: int, text: str) -> float:
    """Store a message, ring, and return the seconds from its commit to that of its verdict."""
    time.sleep(random.uniform(*PAUSES))
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


if __name__ == "__main__":
    main()
