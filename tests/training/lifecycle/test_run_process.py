"""`python -m training run`, in a real process: behind all others, with a part of the threads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

from jobs import niceness
from storage.learning import runs
from storage.processes import leases
from storage.session import transaction
from training.lifecycle.lease import LEASE
from training.settings import TrainingSettings

pytestmark = pytest.mark.processes

PROJECT = Path(__file__).resolve().parents[3]
RUN = "import os, torch; from training.__main__ import run; print(run(), os.nice(0), torch.get_num_threads())"
LEAST_NICE = 19  # what the kernel counts to


def outcome() -> tuple[int, int, int]:
    """The exit code of a run, its process's niceness, and the threads it had."""
    done = subprocess.run([sys.executable, "-c", RUN], cwd=PROJECT, capture_output=True, text=True, check=True)
    code, niceness, threads = done.stdout.splitlines()[-1].split()
    return int(code), int(niceness), int(threads)


def test_the_schedules_run_is_behind_all_others_with_a_part_of_the_threads(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "wrong.csv").write_text("no,columns\n")  # the run ends as soon as it begins to read
    monkeypatch.setenv("HAMLET_SEED_DATA", str(tmp_path / "wrong.csv"))
    monkeypatch.setenv("HAMLET_SCHEDULED_THREADS", "3")
    monkeypatch.setenv("HAMLET_DATABASE_URL", str(sqlite_engine.url))
    behind = min(os.nice(0) + niceness.NICE, LEAST_NICE)
    assert outcome()[:2] == (0, behind), "no run waits: another process was faster"
    with transaction(sqlite_engine) as session:
        runs.ask(session, "ann")
        leases.take(session, LEASE, "elsewhere:1:a", 60)
    assert outcome()[:2] == (0, behind), "another run is under way"
    with transaction(sqlite_engine) as session:
        leases.give_back(session, LEASE, "elsewhere:1:a")
    assert outcome() == (1, behind, 3)
    monkeypatch.delenv("HAMLET_SCHEDULED_THREADS")
    assert TrainingSettings().scheduled_threads == max(1, TrainingSettings().training_threads // 2)


def test_a_run_whose_database_is_away_says_so_and_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAMLET_DATABASE_URL", "postgresql+psycopg://u@127.0.0.1:1/x")
    done = subprocess.run([sys.executable, "-m", "training", "run"], cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "cannot be reached" in done.stdout + done.stderr
