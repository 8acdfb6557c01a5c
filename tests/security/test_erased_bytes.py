"""What is erased from a SQLite database is not in its files any more, once the write-ahead log was emptied."""

from __future__ import annotations

import time
from pathlib import Path

from sqlalchemy import text

from storage.session import at_one_moment, empty_log, open_engine, transaction
from tests import fresh
from tests.storage import given


def test_what_was_erased_is_in_the_log_no_more_once_it_was_emptied(tmp_path: Path) -> None:
    engine = open_engine(fresh.sqlite(tmp_path / "a.sqlite3"))
    given.received(engine, given.incoming("quokkafish"))
    with transaction(engine) as session:
        session.execute(text("UPDATE messages SET text = ''"))
    log = tmp_path / "a.sqlite3-wal"
    assert b"quokkafish" in log.read_bytes()
    empty_log(engine)
    assert log.read_bytes() == b""
    assert b"quokkafish" not in (tmp_path / "a.sqlite3").read_bytes()
    assert len(given.received(engine, given.incoming(message_id=2))) == 1
    engine.dispose()


def test_a_log_that_somebody_reads_is_left_and_writers_do_not_wait(tmp_path: Path) -> None:
    engine = open_engine(fresh.sqlite(tmp_path / "a.sqlite3"))
    given.received(engine, given.incoming("quokkafish"))
    with at_one_moment(engine) as connection:
        given.received(engine, given.incoming(message_id=2))
        started = time.monotonic()
        empty_log(engine)
        assert time.monotonic() - started < 5
        assert connection.execute(text("SELECT count(*) FROM messages")).scalar_one() == 1
    engine.dispose()
