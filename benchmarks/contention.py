"""`python -m benchmarks.contention --json`: how long verdicts take while a run of the schedule is under way.

Real processes: a worker and the scheduler on SQLite, messages at a steady rate; first alone, then beside
`python -m training run` on the whole SMS collection, from its beginning to its end. Seconds count from the message's
commit to the verdict's. The version that serves is made from part of the collection, as only its speed counts here.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine, select

import migrations
from benchmarks.bench import Bench, answer, distinct_sms, options, say, write_seed
from jobs import send
from storage.learning import runs, versions
from storage.models import Message, Platform, Verdict
from storage.moderation import inbox, receiving
from storage.moderation.receiving import Incoming
from storage.session import open_engine, reading, transaction
from tests.servers import Broker
from training.data.datasets import Example

LEARN = [sys.executable, "-m", "training", "run"]
PAUSE_SECONDS = 0.2  # between two messages
ALONE_SECONDS = 120.0
RUN_SECONDS = 3_600.0  # a run takes at most
LAST_SECONDS = 60.0  # the last messages' verdicts take at most, and a process to stop
SERVED = 800  # texts that the serving version is made from


def percentiles(engine: Engine, first: int, last: int) -> dict[str, float]:
    """p50 and p99 of the seconds from commit to verdict, of the messages in these rows, all of which have one."""
    wait_until_judged(engine)
    with reading(engine) as session:
        query = select(Message.received_at, Verdict.created_at).join(Verdict, Verdict.message_id == Message.id)
        rows = session.execute(query.where(Message.id >= first, Message.id <= last, ~Verdict.is_shadow)).all()
    assert len(rows) == last - first + 1, f"{last - first + 1 - len(rows)} messages have no verdict"
    seconds = [(decided_at - received_at).total_seconds() for received_at, decided_at in rows]
    return {"messages": len(rows), "p50": float(np.median(seconds)), "p99": float(np.quantile(seconds, 0.99))}


def wait_until_judged(engine: Engine) -> None:
    """Wait for the last ones' verdicts. Raises TimeoutError."""
    deadline = time.monotonic() + LAST_SECONDS
    while time.monotonic() < deadline:
        with reading(engine) as session:
            if not inbox.waiting(session):
                return
        time.sleep(0.2)
    raise TimeoutError(f"messages wait for longer than {LAST_SECONDS:.0f} seconds")


def stream(
    engine: Engine, texts: list[str], number: int, seconds: float, beside: subprocess.Popen[bytes] | None = None
) -> int:
    """Send messages for so many seconds, or until the process ends. Returns the last message's number."""
    began = time.monotonic()
    while time.monotonic() - began < seconds and (beside is None or beside.poll() is None):
        number += 1
        text = texts[number % len(texts)]
        with transaction(engine) as session:
            receiving.receive(session, Incoming(Platform.WEB, 1, "a chat", number, number, "", text, datetime.now(UTC)))
        send.classify()
        time.sleep(PAUSE_SECONDS)
    return number


def ask(engine: Engine) -> None:
    """Ask for a run."""
    with transaction(engine) as session:
        runs.ask(session, "a benchmark")


def serve_one(engine: Engine, seed: Path, examples: list[Example]) -> None:
    """Make a first version from these and promote it."""
    say("a first version …")
    write_seed(seed, examples)
    ask(engine)
    subprocess.run(LEARN, check=True, env=os.environ | {"HAMLET_SEED_DATA": str(seed)})
    with transaction(engine) as session:
        versions.promote(session, versions.every(session)[0].name, "the first run")


def compared(
    engine: Engine, texts: list[str], is_fast: bool, processes: list[subprocess.Popen[bytes]]
) -> dict[str, Any]:
    """The percentiles alone and beside a run, whose process joins the others."""
    warm = stream(engine, texts, 0, 10.0)
    last = stream(engine, texts, warm, 20.0 if is_fast else ALONE_SECONDS)
    alone = percentiles(engine, warm + 1, last)
    say(f"alone: {alone}")
    ask(engine)
    learning = subprocess.Popen(LEARN)
    processes.append(learning)
    beside = percentiles(engine, last + 1, stream(engine, texts, last, 60.0 if is_fast else RUN_SECONDS, learning))
    ended = learning.poll() is not None
    say(f"beside a run, {'to its end' if ended else 'which goes on'}: {beside}")
    ratio = beside["p99"] / alone["p99"]
    return {"alone_seconds": alone, "training_seconds": beside, "run_ended": ended, "p99_ratio": ratio}


def run(is_fast: bool) -> dict[str, Any]:
    bench = Bench.open()
    examples = distinct_sms(bench.sms())
    texts = [example.text for example in examples]
    with tempfile.TemporaryDirectory() as folder, Broker() as broker:
        home = Path(folder)
        os.environ |= {
            "HAMLET_HOME": folder,
            "HAMLET_BROKER_URL": broker.url,
            "HAMLET_LOG_LEVEL": "WARNING",
            "HAMLET_DATABASE_URL": f"sqlite:///{home / 'hamlet.sqlite3'}",
            "HAMLET_SHADOW_HOURS": "0",
        }
        migrations.upgrade(os.environ["HAMLET_DATABASE_URL"])
        engine = open_engine(os.environ["HAMLET_DATABASE_URL"])
        serve_one(engine, home / "seed.csv", examples[:SERVED])
        processes = [subprocess.Popen([sys.executable, "-m", name]) for name in ("worker", "jobs")]
        try:
            figures = compared(engine, texts, is_fast, processes)
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(LAST_SECONDS)
            engine.dispose()
    return {"benchmark": "contention", "is_fast": is_fast, **bench.about(), **figures}


if __name__ == "__main__":
    chosen = options(__doc__ or "").parse_args()
    answer(lambda: run(chosen.fast), chosen.json)
