"""`hamlet rescan`: asks the worker, waits, lists, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import Engine, select

from cli import database, rescans
from cli.errors import CommandError
from storage.errors import UnknownChat, UnsuitableSetting
from storage.models import Message, MessageState, Rescan, RescanHit, Standing, now
from storage.processes import signs
from storage.session import open_engine, transaction
from storage.settings import StorageSettings
from tests.storage import given


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A database with one message that v1 judged ham and a worker beside it."""
    monkeypatch.setenv("HAMLET_HOME", str(tmp_path))
    monkeypatch.setenv("HAMLET_DATABASE_URL", "")
    database.migrate()
    opened = open_engine(StorageSettings().address)
    given.verdict(opened, given.version(opened), given.incoming("cheap\x1b[31m flats"), 0.1)
    with transaction(opened) as session:
        signs.of_work(session, "a worker")
    yield opened
    opened.dispose()


def run(wait: object = None, chat_id: int = 1, days: int = 7) -> str:
    console = Console(file=StringIO(), width=200)
    rescans.run(console, chat_id, days, wait=wait if callable(wait) else lambda: None)
    assert isinstance(console.file, StringIO)
    return " ".join(console.file.getvalue().split())


def finished(engine: Engine, error: str | None = None) -> None:
    """What the worker makes of it."""
    with transaction(engine) as session:
        rescan = session.scalars(select(Rescan)).one()
        rescan.scanned, rescan.done_at, rescan.error = 1, now(), error
        about = {"rescan_id": rescan.id, "message_id": 1, "edit": 0, "standing": Standing.NEWCOMER}
        session.add(RescanHit(**about, score=0.93, review_threshold=0.5, act_threshold=0.9))


def test_it_waits_for_the_worker_and_lists_what_it_would_flag(engine: Engine) -> None:
    text = run(lambda: finished(engine))
    assert "0.930 cheap\ufffd[31m flats" in text
    assert "Of 1 messages of the last 7 days" in text
    assert "would flag 1." in text
    assert given.values(engine, Message.state) == [MessageState.HAM]


def test_what_the_worker_gave_up_is_an_error(engine: Engine) -> None:
    with pytest.raises(CommandError, match="given up after 1 messages: it broke"):
        run(lambda: finished(engine, "it broke"))


def test_without_a_worker_nobody_waits(engine: Engine) -> None:
    given.passed(engine, "leases", "until")
    with pytest.raises(CommandError, match="no worker"):
        run()


def test_chats_and_days_that_are_none_are_refused(engine: Engine) -> None:
    with pytest.raises(UnknownChat):
        run(chat_id=9)
    with pytest.raises(UnsuitableSetting):
        run(days=0)
