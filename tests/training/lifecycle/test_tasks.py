"""The entry points of the training process: one run at a time, and none that is asked for waits longer than a beat."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from storage.learning import runs
from storage.models import Correction, HourCount, Join, Message, Run, RunState, Verdict, now
from storage.session import transaction
from tests.conftest import AddVersion
from tests.replaced import replace_whole
from tests.storage import given
from training.lifecycle import tasks


class Child:
    """In place of the process of a run: one that waits until it is told to end."""

    def __init__(self) -> None:
        self.begun: list[subprocess.Popen[bytes]] = []

    def __call__(self, command: list[str]) -> subprocess.Popen[bytes]:
        assert command[1:] == ["-m", "training", "run"]
        child = subprocess.Popen(
            [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        )
        self.begun.append(child)
        return child

    def end(self) -> None:
        child = self.begun[-1]
        assert child.stdin is not None
        child.stdin.close()
        deadline = time.monotonic() + 10
        while child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)


@pytest.fixture
def child() -> Iterator[Child]:
    child = Child()
    yield child
    for begun in child.begun:
        begun.kill()
        begun.wait()
        assert begun.stdin is not None
        begun.stdin.close()


@pytest.fixture
def database(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    with process_database(monkeypatch, str(sqlite_engine.url)):
        yield sqlite_engine


@contextmanager
def process_database(monkeypatch: pytest.MonkeyPatch, address: str) -> Iterator[Engine]:
    """The database that this process's settings name; tasks open it once."""
    monkeypatch.setenv("HAMLET_DATABASE_URL", address)
    tasks.engine.cache_clear()
    yield tasks.engine()
    tasks.engine().dispose()
    tasks.engine.cache_clear()


def test_while_a_run_goes_on_no_other_is_begun_and_its_end_rings_for_one_that_waits(child: Child) -> None:
    rung: list[str] = []
    apprentice = tasks.Apprentice(child, lambda: rung.append("consider"))
    apprentice.start()
    apprentice.start()
    apprentice.look()
    assert (len(child.begun), rung) == (1, [])
    child.end()
    apprentice.look()
    apprentice.look()
    assert rung == ["consider"], "once a run"
    apprentice.start()
    assert len(child.begun) == 2


def test_a_run_under_way_is_told_when_its_service_ends(child: Child) -> None:
    apprentice = tasks.Apprentice(child)
    apprentice.stop()
    apprentice.start()
    apprentice.stop()
    assert child.begun[0].poll() == -signal.SIGTERM


def test_a_run_that_is_asked_for_is_begun(database: Engine, child: Child) -> None:
    given.version(database)
    apprentice = tasks.Apprentice(child)
    tasks.start_if_due(database, apprentice)
    assert child.begun == []
    with transaction(database) as session:
        runs.ask(session, "ann")
    tasks.start_if_due(database, apprentice)
    assert len(child.begun) == 1
    assert given.values(database, Run.state) == [RunState.ASKED], "it begins in its own process"


def test_a_database_that_is_away_begins_nothing(monkeypatch: pytest.MonkeyPatch, child: Child) -> None:
    with process_database(monkeypatch, "postgresql+psycopg://u@127.0.0.1:1/x") as away:
        tasks.start_if_due(away, tasks.Apprentice(child))
        tasks.tidy()
    assert child.begun == []


@pytest.mark.parametrize(("days", "left"), [("", "buy"), ("0.0000001", "")])
def test_texts_are_erased_when_they_are_older_than_they_may_be(
    database: Engine, monkeypatch: pytest.MonkeyPatch, days: str, left: str
) -> None:
    monkeypatch.setenv("HAMLET_RETENTION_DAYS", days)
    given.received(database, given.incoming("buy", 1))
    time.sleep(0.02)
    tasks.tidy()
    assert given.values(database, Message.text) == [left]


def test_more_texts_than_one_transaction_erases_go_at_once(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAMLET_RETENTION_DAYS", "30")
    given.received(database, given.incoming("buy", 1))
    long_ago = now() - timedelta(days=31)
    with transaction(database) as session:
        session.add_all(
            Message(chat_id=1, message_id=n, text="old", author_name="Ann", sent_at=long_ago, received_at=long_ago)
            for n in range(2, 1_004)
        )
    tasks.tidy()
    assert set(given.values(database, Message.text)) == {"buy", ""}


@pytest.mark.parametrize(("days", "left"), [("", [7]), ("30", [])])
def test_joins_are_forgotten_when_they_are_older_than_texts_may_be(
    database: Engine, monkeypatch: pytest.MonkeyPatch, days: str, left: list[int]
) -> None:
    monkeypatch.setenv("HAMLET_RETENTION_DAYS", days)
    given.joined(database, 7)
    tasks.tidy()
    assert given.values(database, Join.user_id) == left


def test_a_version_is_whole_while_its_files_are_those_that_were_registered(
    database: Engine, add_version: AddVersion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAMLET_HOME", str(tmp_path))
    models = tmp_path / "models"
    first, second, third = (add_version(database, f"v{n}", models=models) for n in (1, 2, 3))
    assert tasks.is_whole(first)
    (models / "v1" / "head.safetensors").write_bytes(b"damaged")
    replace_whole(models, "v2")
    shutil.rmtree(models / "v3")
    assert not any(map(tasks.is_whole, (first, second, third)))


def test_what_quality_reads_is_counted(database: Engine) -> None:
    verdict = given.verdict(database, given.version(database))
    given.corrected(database, verdict, "telegram:1", True)
    with transaction(database) as session:
        session.execute(update(Verdict).values(created_at=now() - timedelta(hours=3)))
    tasks.count()
    assert given.values(database, HourCount.judged) == [1]
    assert given.values(database, Correction.is_only) == [True]
