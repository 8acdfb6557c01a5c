"""The ports of real processes, scraped as Prometheus does."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from jobs.metrics import OFFSETS
from storage.session import open_engine
from tests import fresh
from tests.processes import Processes, eventually, free_port
from tests.storage import given

pytestmark = pytest.mark.processes


@pytest.fixture
def base() -> int:
    """The first of as many free ports in a row as there are kinds of process."""
    while True:
        first = free_port()
        if all(is_free(first + offset) for offset in OFFSETS.values()):
            return first


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True


@pytest.fixture
def processes(tmp_path: Path, base: int) -> Iterator[Processes]:
    engine = open_engine(fresh.sqlite(tmp_path / "home" / "hamlet.sqlite3"))
    given.received(engine, given.incoming())
    engine.dispose()
    with Processes(tmp_path, HAMLET_METRICS_PORT=str(base), HAMLET_PORT=str(free_port())) as started:
        yield started


def answer(base: int, process: str, path: str) -> httpx.Response | None:
    try:
        return httpx.get(f"http://127.0.0.1:{base + OFFSETS[process]}{path}", trust_env=False, timeout=10)
    except httpx.HTTPError:
        return None


def test_review_tells_what_the_database_knows_and_schedule_that_it_lives(processes: Processes, base: int) -> None:
    for name in ("review", "jobs"):
        processes.start(name)
    eventually("review is scraped", lambda: answer(base, "review", "/metrics") is not None, 120)
    eventually("schedule is scraped", lambda: answer(base, "schedule", "/metrics") is not None, 120)
    review, schedule, ready = (
        answer(base, *asked) for asked in (("review", "/metrics"), ("schedule", "/metrics"), ("review", "/readyz"))
    )
    assert review is not None
    assert 'hamlet_inbox_messages{state="pending"} 1.0' in review.text
    assert schedule is not None
    assert 'hamlet_process_info{process="schedule"} 1.0' in schedule.text
    assert "hamlet_inbox_messages" not in schedule.text, "one process asks the database, not all"
    assert ready is not None
    assert (ready.status_code, "no model version serves" in ready.text) == (503, True)


def test_a_process_whose_port_is_taken_says_so_once_and_serves_on(processes: Processes, base: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", base + OFFSETS["schedule"]))
        other.listen()
        schedule = processes.start("jobs")
        run = processes.home / "run"
        eventually("the schedule beats", lambda: any(run.glob(f"schedule.*.{schedule.pid}.heartbeat")), 120)
        eventually("it was said", lambda: "no metrics: their port cannot be used" in processes.log("jobs"))
    assert schedule.poll() is None
    said = processes.log("jobs").count("no metrics: their port cannot be used")
    assert said == 2, "one warning, in the log and on the terminal"
