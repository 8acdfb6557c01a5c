"""`python -m benchmarks.whole_path --json [--fast]`: what claiming and recording add to the classifier's time under a full inbox.

The newest version of HAMLET_HOME scores distinct messages of the SMS collection: alone, 256 at a time as in `benchmarks.serving`, and
through the worker's own function from claim to verdict, on SQLite and on PostgreSQL. They take turns in every round, with
the same messages. No text comes twice in a round, and scores of lately are forgotten after it.

per_second      messages a second of each, the median of the rounds
share           the whole path's speed as a share of the classifier's, the median of the rounds
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine, func, select

import migrations
from benchmarks.bench import Bench, answer, distinct_sms, options, ran_on, say
from benchmarks.latency import prepare
from benchmarks.scaling import BATCH, LEASE_SECONDS
from benchmarks.serving import required
from benchmarks.speeds import AS_WORKERS, OURS, SEED, natural
from classifier.spam import SpamClassifier
from storage.access import chats
from storage.learning import versions
from storage.models import Message
from storage.session import engine_for, transaction
from storage.upsert import insert_all_once
from tests.servers import Postgres
from worker import moderation
from worker.batches import BatchSize
from worker.models import Serving

MESSAGES, ROUNDS = 1_024, 5
FAST_MESSAGES, FAST_ROUNDS = 256, 3


def main() -> None:
    chosen = options(__doc__ or "").parse_args()
    size, rounds = (FAST_MESSAGES, FAST_ROUNDS) if chosen.fast else (MESSAGES, ROUNDS)
    directory = required()
    answer(lambda: measure(directory, collection(), size, rounds), chosen.json)


def collection() -> list[str]:
    """The distinct messages of the SMS collection."""
    return [example.text for example in distinct_sms(Bench.open().sms())]


def measure(directory: Path, texts: list[str], size: int, rounds: int) -> dict[str, Any]:
    """The figures of so many of these messages a round, for the version in that directory."""
    classifier = SpamClassifier.load(directory, "auto")
    with tempfile.TemporaryDirectory() as folder, Postgres(Path(folder)) as postgres:
        sqlite = f"sqlite:///{folder}/hamlet.sqlite3"
        migrations.upgrade(sqlite)
        with engine_for(sqlite) as file, engine_for(postgres.migrated_database()) as server:
            databases = {"SQLite": file, "PostgreSQL": server}
            for engine in databases.values():
                prepare(engine, directory.name)
            sizes = {name: BatchSize(BATCH) for name in databases}  # they grow in the warm-up, as a worker's do
            measured = [_round(classifier, databases, sizes, texts, size, turn) for turn in range(-1, rounds)][1:]
    return ran_on() | {
        "messages": size,
        "per_second": {
            name: round(float(np.median([size / one[name] for one in measured])), 1) for name in measured[0]
        },
        "share": {
            name: round(float(np.median([one["classifier"] / one[name] for one in measured])), 3) for name in databases
        },
    }


def _round(
    classifier: SpamClassifier,
    databases: dict[str, Engine],
    sizes: dict[str, BatchSize],
    texts: list[str],
    size: int,
    turn: int,
) -> dict[str, float]:
    """The seconds of each; the first round, -1, is for warming up."""
    rng = random.Random(f"{SEED}/{turn}")
    drawn = natural(texts, size, rng)
    ways = {"classifier": partial(alone, classifier, drawn)}
    ways |= {name: partial(through, engine, classifier, drawn, sizes[name]) for name, engine in databases.items()}
    order = rng.sample([*ways], len(ways))
    seconds = {name: ways[name]() for name in order}
    say(f"round {turn + 1}: " + ", ".join(f"{name} {size / took:.1f} a second" for name, took in seconds.items()))
    return seconds


def alone(classifier: SpamClassifier, texts: Sequence[str]) -> float:
    """Seconds that the classifier takes for these texts."""
    began = time.perf_counter()
    for start in range(0, len(texts), OURS):
        classifier.try_score(texts[start : start + OURS], AS_WORKERS)
    return time.perf_counter() - began


def through(engine: Engine, classifier: SpamClassifier, texts: Sequence[str], batches: BatchSize) -> float:
    """Seconds from the first claim to the last verdict of these texts."""
    serving = Serving(received(engine, texts), "measured", classifier)
    began = time.perf_counter()
    while judged := moderation.judge(engine, serving, batches.begin(), LEASE_SECONDS).judged:
        batches.end(judged)
    return time.perf_counter() - began


def received(engine: Engine, texts: Sequence[str]) -> int:
    """Store the texts as messages that wait, of two hundred people. Returns the row of the version that serves."""
    with transaction(engine) as session:
        champion = versions.champion(session)
        assert champion is not None
        first = session.scalars(select(func.max(Message.message_id))).one() or 0
        common = {"chat_id": chats.on_telegram(session, -1).id, "author_name": "", "sent_at": datetime.now(UTC)}
        rows = [
            {**common, "message_id": number, "author_id": number % 200 + 1, "text": text}
            for number, text in enumerate(texts, first + 1)
        ]
        insert_all_once(session, Message, rows, Message.message_id)
        return champion.id


if __name__ == "__main__":
    main()
