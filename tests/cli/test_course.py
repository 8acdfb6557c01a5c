"""The course's commands as they are typed, on a tiny base model and the real collection."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import tiny
from training.data import sms
from training.fit import base_models
from training.settings import TrainingSettings

pytestmark = [pytest.mark.weights, pytest.mark.processes]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A home and a cache of our own, with the collection and a tiny base model in it."""
    collection = sms.fetch(TrainingSettings().cache, TrainingSettings().datasets, print)
    folder = tmp_path / "cache" / "base-models" / "tiny"
    folder.mkdir(parents=True)
    base_models.store(tiny.base_model(), folder)
    return {
        "PATH": os.environ["PATH"],
        "HAMLET_CACHE": str(tmp_path / "cache"),
        "HAMLET_HOME": str(tmp_path / "home"),
        "HAMLET_DATASETS": str(collection.parent),
        "HAMLET_BASE_MODEL": "tiny",
        "HAMLET_TRAINING_THREADS": "1",
    }


def hamlet(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from cli.app import main; main()", *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=300)


def test_the_course_runs_and_registers_nothing(environment: dict[str, str], tmp_path: Path) -> None:
    done = hamlet(environment, "train", "--recipe", "course", "--blocks", "2")
    assert done.returncode == 0, done.stderr
    assert "4,825 ham, 747 spam" in done.stdout
    assert "Batches of 8: 130 training (what is left over dropped), 19 validation, 38 test" in done.stdout
    assert "The first 2 of tiny's 3 blocks (--blocks)" in done.stdout
    assert "No model version was registered" in done.stdout
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["course"]


def test_the_experiments_go_on_where_they_stopped(environment: dict[str, str], tmp_path: Path) -> None:
    first = hamlet(environment, "experiments", "--quick", "--blocks", "2", "--rows", "1,3")
    again = hamlet(environment, "experiments", "--quick", "--blocks", "2", "--rows", "3,2")
    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    assert again.stdout.count("(kept)") == 1
    table = (tmp_path / "home" / "experiments" / "table.md").read_text().splitlines()
    assert [line.split(" | ")[0] for line in table[2:]] == ["| 1", "| 2", "| 3"]
