"""A SQLite file is smaller on the disk once texts are erased."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from storage.models import Message, now
from storage.session import empty_log, free_pages, give_back, open_engine, reading, transaction
from tests import fresh
from tests.storage import given
from training.lifecycle import tasks
from training.lifecycle.shrinking import SPARE, shrink

LONG = "слово " * 680  # more than a page
COUNT = 600


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "h.sqlite3"


@pytest.fixture
def full(file: Path) -> Iterator[Engine]:
    """A database with many long texts."""
    engine = open_engine(fresh.sqlite(file))
    given.received(engine, given.incoming("buy", 1))
    with transaction(engine) as session:
        session.add_all(
            Message(chat_id=1, message_id=n, text=LONG, author_name="Ann", sent_at=now(), received_at=now())
            for n in range(2, COUNT)
        )
    empty_log(engine)
    yield engine
    engine.dispose()


def erase(engine: Engine) -> None:
    with transaction(engine) as session:
        session.execute(text("UPDATE messages SET text = ''"))


def test_a_new_file_can_give_room_back(full: Engine) -> None:
    with reading(full) as session:
        assert session.scalar(text("PRAGMA auto_vacuum")) == 2


def test_the_file_is_smaller_after_tidying(full: Engine, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAMLET_DATABASE_URL", str(full.url))
    erase(full)
    empty_log(full)
    before = file.stat().st_size
    tasks.engine.cache_clear()
    try:
        tasks.tidy()
        tasks.engine().dispose()
    finally:
        tasks.engine.cache_clear()
    assert free_pages(full) <= SPARE
    assert file.stat().st_size < before - 1_000_000
    with reading(full) as session:
        assert session.scalar(text("PRAGMA integrity_check")) == "ok"


def test_a_piece_is_as_large_as_it_is_asked_to_be(full: Engine) -> None:
    erase(full)
    free = free_pages(full)
    give_back(full, 10)
    assert free_pages(full) == free - 10
    shrink(full, seconds=0)
    assert free_pages(full) == free - 10, "the time was over"


def test_others_write_meanwhile(full: Engine) -> None:
    erase(full)
    shrinks = threading.Thread(target=shrink, args=(full,))
    shrinks.start()
    written = 0
    while shrinks.is_alive():
        given.received(full, given.incoming("hello", 10_000 + written))
        written += 1
    assert written > 0


def test_a_file_that_was_made_without_it_stays_as_it_is_until_it_is_converted(full: Engine, file: Path) -> None:
    full.dispose()
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript("PRAGMA auto_vacuum=0; VACUUM")
    erase(full)
    empty_log(full)
    before = file.stat().st_size
    assert free_pages(full) == 0
    shrink(full)
    assert file.stat().st_size == before
    full.dispose()
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript("PRAGMA auto_vacuum=2; VACUUM")
    with reading(full) as session:
        assert session.scalar(text("PRAGMA auto_vacuum")) == 2
