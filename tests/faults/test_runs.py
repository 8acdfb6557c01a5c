"""A run that is killed at any of its stages, or runs out of disk: the champion serves on, and the next run completes."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from classifier import checkpoint, files
from storage.learning import runs, versions
from storage.models import RunState, VersionState
from storage.session import reading
from tests.e2e.conftest import write_examples
from tests.faults.dying import CONFIG, pass_all, workshop
from training.errors import ModelNotStored
from training.fit import report
from training.fit.progress import Silent
from training.lifecycle import gate, schedule
from training.lifecycle.retrain import RunRequest, Workshop, retrain

pytestmark = pytest.mark.processes

STORED = ("rows not committed", "Comparing", "promotion not committed")  # where the database is in the midst of it
STAGES = (
    "Collecting",
    "Reading",
    "in the trunk cache",
    "Fine-tuning",
    "epoch 1:",
    "epoch 2:",
    "Fitting",
    "Reading 3",
    "Writing",
    "files without a row",
    *STORED,
)
PROJECT = Path(__file__).resolve().parents[2]


def die(address: str, home: Path, stage: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.faults.dying", address, str(home), str(home / "examples.csv"), stage]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=120)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_examples(tmp_path / "examples.csv")
    return tmp_path


@pytest.fixture
def here(address: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    """A workshop on SQLite, and one on PostgreSQL."""
    monkeypatch.setattr(gate, "examine", pass_all)
    found = workshop(address, home)
    yield found
    found.engine.dispose()


def learn(here: Workshop, home: Path) -> str:
    return retrain(here, Silent(), CONFIG, RunRequest("a test", home / "examples.csv", goes_on=True)).name


def serves(here: Workshop) -> str:
    """The champion's name, once its directory has proved to be whole."""
    with reading(here.engine) as session:
        champion = versions.champion(session)
    assert champion is not None
    checkpoint.load(here.models / champion.name)
    return champion.name


@pytest.mark.parametrize(
    ("address", "stage"),
    [*(("sqlite", stage) for stage in STAGES), *(("postgresql", stage) for stage in STORED)],
    indirect=["address"],
)
def test_a_run_killed_at_any_stage_leaves_the_champion_and_the_next_completes(
    here: Workshop, address: str, home: Path, stage: str
) -> None:
    first = learn(here, home)
    for cached in (home / "cache").glob("features.sqlite*"):
        cached.unlink()
    assert die(address, home, stage).returncode == -signal.SIGKILL
    assert serves(here) == first
    assert schedule.consider(here.engine, here.settings)  # the run that died is taken up
    learn(here, home)
    serves(here)
    with reading(here.engine) as session:
        assert {run.state for run in runs.newest(session)} == {RunState.DONE}
        for version in versions.every(session):
            files.verify(here.models / version.name)
        served = [version.name for version in versions.every(session) if version.promoted_at]
    assert served == [serves(here), first], "the one that the dead run made never served"
    assert not list(here.models.glob("*.partial"))


def test_a_full_disk_leaves_the_champion_and_says_so(postgres_address: str, home: Path) -> None:
    here = workshop(postgres_address, home)  # its files are another process's, so that only the version is too large
    first = learn(here, home)
    ended = die(postgres_address, home, "full")
    assert ended.returncode == 1
    assert "make room" in ended.stderr
    assert serves(here) == first
    with reading(here.engine) as session:
        assert [run.state for run in runs.newest(session)] == [RunState.FAILED, RunState.DONE]
        assert len(versions.every(session)) == 1
    learn(here, home)
    here.engine.dispose()


@pytest.mark.parametrize("stage", ["Comparing", "promotion not committed"])
def test_a_run_killed_between_gate_and_service_does_not_serve(
    here: Workshop, address: str, home: Path, stage: str
) -> None:
    learn(here, home)
    die(address, home, stage)
    with reading(here.engine) as session:
        newest = versions.every(session)[0]
    assert (newest.name, newest.state, newest.gate) == ("v2", VersionState.CHALLENGER, None)


def test_a_run_killed_once_its_version_serves_is_not_done_again(here: Workshop, address: str, home: Path) -> None:
    learn(here, home)
    assert die(address, home, "old versions not removed").returncode == -signal.SIGKILL
    assert serves(here) == "v2"
    assert not schedule.consider(here.engine, here.settings)
    with reading(here.engine) as session:
        assert [run.state for run in runs.newest(session)] == [RunState.DONE, RunState.DONE]


def test_a_version_whose_report_found_no_room_leaves_nothing_on_the_disk(
    here: Workshop, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(report, "write", full)
    with pytest.raises(ModelNotStored, match="No space left on device"):
        learn(here, home)
    assert [path.name for path in here.models.iterdir() if path.name != "trunks"] == []


@pytest.fixture
def postgres_address(request: pytest.FixtureRequest) -> str:
    """An empty PostgreSQL database."""
    found: str = request.getfixturevalue("postgres").migrated_database()
    return found
