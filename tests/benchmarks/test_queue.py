"""The benchmarks of the queue and of latency, on few messages and a tiny version."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import scaling, whole_path
from classifier import checkpoint
from tests import tiny
from tests.servers import Postgres

pytestmark = pytest.mark.processes

MEASURE = """
import json, sys
from pathlib import Path
from benchmarks import latency
print(json.dumps(latency.measure(Path(sys.argv[1]), sys.argv[2:])))
"""


@pytest.mark.parametrize("workers", [1, 2])
def test_workers_empty_the_inbox(postgres: Postgres, workers: int) -> None:
    assert scaling.emptied(postgres.migrated_database(), 100, workers, cost=0.0) > 0


def test_the_queues_figures_say_where_they_were_measured() -> None:
    figures = scaling.measure(1_000, costs=[0.0], workers=[1])
    assert [*figures["per_second"]["0 ms"]] == ["1"]
    assert figures["machine"]["cores"] > 0
    assert figures["precision"] in ("bf16", "fp32")


def test_the_wait_for_a_verdict_is_measured_in_forwards(tmp_path: Path) -> None:
    checkpoint.save(tiny.checkpoint(), tmp_path / "v1")
    texts = ["hello", "see you at ten", "FREE cash, claim now", "ok"]
    done = subprocess.run([sys.executable, "-c", MEASURE, str(tmp_path / "v1"), *texts], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["messages"] == len(texts) - 1
    assert figures["p99_ms"] >= figures["p50_ms"] > figures["forward_ms"] > 0


def test_the_whole_path_is_a_share_of_the_classifiers_speed(tmp_path: Path) -> None:
    checkpoint.save(tiny.checkpoint(), tmp_path / "v1")
    texts = [f"message {number}, see you at the usual place" for number in range(60)]
    figures = whole_path.measure(tmp_path / "v1", texts, size=40, rounds=1)
    assert figures["per_second"].keys() == {"classifier", "SQLite", "PostgreSQL"}
    assert all(0 < share < 1 for share in figures["share"].values()), "a tiny network costs less than the queue"
    assert figures["machine"]["cores"] > 0
