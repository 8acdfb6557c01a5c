"""Heartbeats: a file of each process's own, whose age is the time since its last beat."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs import place
from jobs.heartbeat import LEFT_BEHIND_SECONDS, Heartbeat, silence_anywhere, silence_here
from jobs.settings import JobsSettings


def heartbeat(home: Path, process: str = "worker") -> Heartbeat:
    return Heartbeat(process, JobsSettings(home=home))


def test_a_process_that_never_beat_has_no_age(tmp_path: Path) -> None:
    assert heartbeat(tmp_path).age_seconds() is None


def test_a_fresh_beat_is_young(tmp_path: Path) -> None:
    beating = heartbeat(tmp_path)
    beating.beat()
    age = beating.age_seconds()
    assert age is not None
    assert age < 5


def test_the_age_grows_until_the_next_beat(tmp_path: Path) -> None:
    beating = heartbeat(tmp_path)
    beating.beat()
    os.utime(beating.path, (time.time() - 100, time.time() - 100))
    assert round(beating.age_seconds() or 0, -1) == 100
    beating.beat()
    assert (beating.age_seconds() or 0) < 5


def test_each_process_has_its_own(tmp_path: Path) -> None:
    heartbeat(tmp_path, "worker").beat()
    assert heartbeat(tmp_path, "bot").age_seconds() is None


def test_the_folder_is_for_us_alone(tmp_path: Path) -> None:
    beating = heartbeat(tmp_path / "home")
    beating.beat()
    assert beating.path.parent.stat().st_mode & 0o777 == 0o700


def test_a_place_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where a folder should be")
    heartbeat(tmp_path / "home").beat()
    assert heartbeat(tmp_path / "home").age_seconds() is None


def test_a_beat_of_tomorrow_says_nothing_today(tmp_path: Path) -> None:
    beating = heartbeat(tmp_path)
    beating.beat()
    os.utime(beating.path, (time.time() + 86_400, time.time() + 86_400))
    assert beating.age_seconds() is None


# Several processes of one kind in one HAMLET_HOME


@pytest.fixture
def another() -> Iterator[subprocess.Popen[bytes]]:
    """A process that lives until the test is over."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process


def beat_of(home: Path, pid: int, ago: float, where: str | None = None) -> Path:
    """A worker's beat, so many seconds ago, in this container or in another."""
    run = JobsSettings(home=home).runtime
    run.mkdir(parents=True, exist_ok=True)
    file = run / f"worker.{where or place.fingerprint()}.{pid}.heartbeat"
    file.touch()
    os.utime(file, (time.time() - ago, time.time() - ago))
    return file


def silences(home: Path) -> tuple[float | None, float | None]:
    """Here and anywhere, in whole seconds, as if no time had passed since the test set them."""
    found = (ask("worker", JobsSettings(home=home)) for ask in (silence_here, silence_anywhere))
    here, anywhere = (None if seconds is None else int(seconds) for seconds in found)
    return here, anywhere


def test_a_process_names_its_file_after_its_container_and_its_number(tmp_path: Path) -> None:
    beating = heartbeat(tmp_path)
    assert beating.path.name == f"worker.{place.fingerprint()}.{os.getpid()}.heartbeat"
    assert place.fingerprint() != place.fingerprint(Path("/proc/self/exe")), "any other link, for another container"


def test_a_living_worker_does_not_hide_one_that_stands_still_beside_it(
    tmp_path: Path, another: subprocess.Popen[bytes]
) -> None:
    heartbeat(tmp_path).beat()
    beat_of(tmp_path, another.pid, ago=4)  # no longer ago than it began, or the beat were another process's
    assert silences(tmp_path) == (4, 4)


def test_a_living_worker_does_not_hide_one_of_another_container(tmp_path: Path) -> None:
    beat_of(tmp_path, os.getpid(), ago=1, where="0123456789ab")
    assert silences(tmp_path) == (None, 1), "its own check says so; the overview finds the one elsewhere"
    beat_of(tmp_path, 2**22 + 1, ago=100)
    assert silences(tmp_path) == (100, 100)


def test_a_worker_that_died_is_silent_only_where_no_other_lives(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    beat_of(tmp_path, gone.pid, ago=100)
    assert silences(tmp_path) == (100, 100)
    beat_of(tmp_path, os.getpid(), ago=1)
    assert silences(tmp_path) == (1, 1)


def test_a_process_that_got_the_number_of_a_dead_one_is_another(
    tmp_path: Path, another: subprocess.Popen[bytes]
) -> None:
    beat_of(tmp_path, another.pid, ago=100_000)
    beat_of(tmp_path, os.getpid(), ago=1)
    assert silences(tmp_path) == (1, 1)


def test_the_first_beat_clears_up_what_others_left_behind(tmp_path: Path, another: subprocess.Popen[bytes]) -> None:
    died = beat_of(tmp_path, 2**22 + 1, ago=100)  # above every process number there is
    replaced = beat_of(tmp_path, 1, ago=LEFT_BEHIND_SECONDS + 60, where="0123456789ab")
    of_an_older_hamlet = tmp_path / "run" / "bot.heartbeat"
    of_an_older_hamlet.touch()
    os.utime(of_an_older_hamlet, (0, 0))
    kept = {beat_of(tmp_path, another.pid, ago=1), beat_of(tmp_path, 1, ago=100, where="0123456789ac")}
    beating = heartbeat(tmp_path)
    beating.beat()
    assert set((tmp_path / "run").iterdir()) == kept | {beating.path}
    assert not any(file.exists() for file in (died, replaced, of_an_older_hamlet))
