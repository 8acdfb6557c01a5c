"""Heartbeats: a file whose age is the time since the last beat."""

from __future__ import annotations

import os
import time
from pathlib import Path

from jobs.heartbeat import Heartbeat
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
