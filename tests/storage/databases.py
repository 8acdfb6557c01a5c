"""Empty databases in milliseconds: one of each kind, migrated once for a folder of tests and emptied for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import Engine, delete, event, text

from storage.models import Base
from storage.session import open_engine, transaction
from tests import fresh
from tests.storage import audit_trigger

Engines = dict[str, Engine]


@pytest.fixture(scope="package")
def engines() -> Iterator[Engines]:
    """The engines of this folder's databases, by kind."""
    opened: Engines = {}
    yield opened
    for engine in opened.values():
        engine.dispose()


def _without_waiting_for_the_disk(engine: Engine) -> Engine:
    """These tests never crash the server, so its files need not survive that; stopping it takes seconds otherwise."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    return engine


def _emptied(engine: Engine) -> Engine:
    """Without rows and counting from 1 again. A TRUNCATE would make new files, which takes ten times as long."""
    with transaction(engine) as session:
        if engine.dialect.name == "postgresql":
            session.execute(text("SET LOCAL lock_timeout = '5s'"))  # what a test left open fails here, not hangs
            session.execute(text("SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'"))
        with audit_trigger.off(session.connection()):
            for table in reversed(Base.metadata.sorted_tables):
                session.execute(delete(table))
    return engine


@pytest.fixture
def sqlite_engine(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """An empty SQLite database, for tests where the kind of database does not matter."""
    if "sqlite" not in engines:
        engines["sqlite"] = open_engine(fresh.sqlite(tmp_path_factory.mktemp("sqlite") / "test.sqlite3"))
    return _emptied(engines["sqlite"])


@pytest.fixture
def postgresql_engine(engines: Engines, request: pytest.FixtureRequest) -> Engine:
    """An empty PostgreSQL database."""
    if "postgresql" not in engines:
        server = request.getfixturevalue("postgres")
        engines["postgresql"] = _without_waiting_for_the_disk(open_engine(server.migrated_database()))
    return _emptied(engines["postgresql"])


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """An empty, migrated database: each test runs on SQLite and on PostgreSQL."""
    found: Engine = request.getfixturevalue(f"{request.param}_engine")
    return found


@pytest.fixture
def address(engine: Engine) -> str:
    """The address of the same database, for what opens it by itself."""
    return engine.url.render_as_string(hide_password=False)


@pytest.fixture
def sqlite_address(sqlite_engine: Engine) -> str:
    return str(sqlite_engine.url)


def grows_no_more(engine: Engine) -> Callable[[], None]:
    """The file of this SQLite engine's database takes no further page, until what is returned is called."""

    def limit(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # no less than it has

    with closing(engine.raw_connection()) as connection:
        connection.cursor().execute("VACUUM")  # or pages that earlier tests left free take what is to be refused
    event.listen(engine, "connect", limit)
    engine.dispose()

    def make_room() -> None:
        event.remove(engine, "connect", limit)
        engine.dispose()

    return make_room
