"""All rows come out at one moment as lines of JSON and go into either kind of database as they were."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, text

import migrations
from storage.dump import dumping, tables
from storage.dump.loading import Loader
from storage.errors import NotLoadable
from storage.models import Chat, Lease, ModelVersion, Platform, now
from storage.session import at_one_moment, open_engine, transaction
from tests.conftest import count
from tests.processes import eventually
from tests.storage import given, rows
from tests.storage.steps import HEAD, STEPS, address, bring, old

__all__ = ["old"]

Dump = dict[str, bytes]


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Another database without tables."""
    is_file = request.param == "sqlite"
    where = f"sqlite:///{tmp_path / 'new.sqlite3'}" if is_file else request.getfixturevalue("postgres").new_database()
    engine = open_engine(where)
    yield engine
    engine.dispose()


def dump(engine: Engine) -> Dump:
    with at_one_moment(engine) as connection:
        return {f"{chunk.table} {chunk.number}": chunk.content for chunk in dumping.chunks(connection)}


def load(engine: Engine, dumped: Dump) -> None:
    with transaction(engine) as session:
        loader = Loader(session.connection())
        for name, content in dumped.items():
            loader.load(name.split()[0], content)
        loader.set_sequences()


@pytest.mark.parametrize("step", [STEPS[0], HEAD])
def test_every_row_of_every_table_goes_from_any_database_into_any_other(old: Engine, target: Engine, step: str) -> None:
    bring(old, step)
    there = rows.fill(old)
    migrations.make_empty_tables(address(target), step)
    dumped = dump(old)
    load(target, dumped)
    assert rows.counts(target) == there
    assert dump(target) == dumped


def test_what_databases_hold_differently_means_the_same(engine: Engine, target: Engine) -> None:
    with transaction(engine) as session:
        session.add(
            Chat(platform=Platform.WEB, external_id=-(2**53), title="Ω 'quoted' \\ \t\u2028 日本", settings={"a": [1]})
        )
        session.add(Lease(name="a lease", holder="x", until=now()))
        session.add(
            ModelVersion(name="v1", review_threshold=0.1 + 0.2, act_threshold=1e-300, examples_hash="", metrics={})
        )
    migrations.make_empty_tables(address(target), HEAD)
    load(target, dump(engine))
    columns = (
        Chat.title,
        Chat.external_id,
        Chat.settings,
        Lease.until,
        ModelVersion.review_threshold,
        ModelVersion.gate,
    )
    assert [given.values(target, c) for c in columns] == [given.values(engine, c) for c in columns]
    assert count(target, "model_versions", "gate IS NULL") == count(engine, "model_versions", "gate IS NULL")


def test_a_restored_database_goes_on_counting(engine: Engine, target: Engine) -> None:
    first = given.received(engine, given.incoming(), given.incoming(message_id=2))
    migrations.make_empty_tables(address(target), HEAD)
    load(target, dump(engine))
    assert given.received(target, given.incoming(message_id=3)) == [max(first) + 1]


def test_a_large_table_comes_in_several_chunks(sqlite_engine: Engine, target: Engine) -> None:
    given.received(sqlite_engine, *(given.incoming("x" * 100, n) for n in range(1, 30)))
    with at_one_moment(sqlite_engine) as connection:
        chunks = [chunk for chunk in dumping.chunks(connection, 2_000) if chunk.table == "messages"]
    assert [chunk.number for chunk in chunks] == list(range(1, len(chunks) + 1))
    assert len(chunks) > 2
    assert sum(chunk.rows for chunk in chunks) == 29
    migrations.make_empty_tables(address(target), HEAD)
    load(target, {name: content for name, content in dump(sqlite_engine).items() if name.startswith("chats")})
    load(target, {f"messages {chunk.number}": chunk.content for chunk in chunks})
    assert count(target, "messages") == 29


def test_a_dump_shows_one_moment_while_others_write(engine: Engine) -> None:
    """A writer adds a chat and a message of it in one transaction, again and again: none is seen without the other."""
    stopped = threading.Event()
    writer = open_engine(address(engine))

    def write() -> None:
        number = 0
        while not stopped.is_set():
            number += 1
            given.received(writer, given.incoming(f"word {number}", 1, chat_external_id=-number))

    thread = threading.Thread(target=write)
    thread.start()
    try:
        eventually("the writer writes", lambda: count(engine, "messages") >= 5)
        for _ in range(5):
            dumped = dump(engine)
            lines = {name: content.count(b"\n") for name, content in dumped.items()}
            assert lines["chats 1"] == lines["messages 1"], "as many chats as messages"
    finally:
        stopped.set()
        thread.join()
        writer.dispose()


def test_nobody_waits_for_a_dump_and_it_does_not_see_what_came_later(engine: Engine) -> None:
    given.received(engine, given.incoming())
    with at_one_moment(engine) as connection:
        given.received(engine, given.incoming(message_id=2))
        [chunk] = [chunk for chunk in dumping.chunks(connection) if chunk.table == "messages"]
    assert chunk.rows == 1


BAD = {
    "no lines": b"",
    "no rows": b'["name","holder","until"]\n',
    "no names": b"[1,2,3]\n[1,2,3]\n",
    "unknown columns": b'["name","holder","evil"]\n["a","b","c"]\n',
    "a short row": b'["name","holder","until"]\n["a","b"]\n',
    "a structure as a cell": b'["name","holder","until"]\n["a","b",{"c":1}]\n',
    "no time": b'["name","holder","until"]\n["a","b","soon"]\n',
    "no JSON": b"name,holder,until\na,b,c\n",
    "no UTF-8": b"\xff\xfe\n",
    "nothing where something has to be": b'["name","holder","until"]\n["a",null,"2026-01-01T00:00:00+00:00"]\n',
    "brackets without end": b"[" * 100_000,
}


@pytest.mark.parametrize("name", BAD)
def test_lines_that_do_not_fit_are_refused_and_nothing_stays(engine: Engine, name: str) -> None:
    good = json.dumps(["good", "x", "2026-01-01T00:00:00+00:00"]).encode()
    with pytest.raises(NotLoadable, match="leases cannot be loaded"), transaction(engine) as session:
        loader = Loader(session.connection())
        loader.load("leases", b'["name","holder","until"]\n' + good + b"\n")
        loader.load("leases", BAD[name])
    assert count(engine, "leases") == 0


def test_rows_that_refer_to_nothing_are_refused(engine: Engine) -> None:
    line = b'["chat_id","user_id","joined_at"]\n[7,7,"2026-01-01T00:00:00+00:00"]\n'
    with pytest.raises(NotLoadable), transaction(engine) as session:
        Loader(session.connection()).load("joins", line)


def test_a_table_that_there_is_not_is_refused(engine: Engine) -> None:
    for name in ("evil", "alembic_version", "sqlite_master", "pg_class"):
        with pytest.raises(NotLoadable, match="no such table"), transaction(engine) as session:
            Loader(session.connection()).load(name, b'["a"]\n[1]\n')


def test_empty_tables_of_another_step_make_room_for_those_of_the_dump(target: Engine) -> None:
    migrations.upgrade(address(target))
    migrations.make_empty_tables(address(target), STEPS[2])
    with at_one_moment(target) as connection:
        assert tables.step(connection) == STEPS[2]
        assert not tables.has_rows(connection)


def test_tables_that_an_older_release_left_half_copied_are_not_dumped(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    bring(engine, HEAD)
    with engine.begin() as connection:
        connection.execute(insert(Lease).values(name="a", holder="x", until=now()))
        connection.execute(text("CREATE TABLE _alembic_tmp_leases AS SELECT * FROM leases"))
    assert list(dump(engine)) == ["leases 1"]
    engine.dispose()
