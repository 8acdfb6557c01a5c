"""Empty databases in milliseconds: a migrated SQLite file to copy, one migrated PostgreSQL database to empty again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine

import migrations
from storage.models import Base
from storage.session import open_engine
from tests.servers import Postgres

EMPTY = (  # a TRUNCATE makes new files, which takes ten times as long
    *(f"DELETE FROM {table}" for table in reversed(Base.metadata.sorted_tables)),
    "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'",
)


@cache
def _migrated_file(folder: Path) -> Path:
    found = folder / "migrated.sqlite3"
    migrations.upgrade(f"sqlite:///{found}")
    return found


@cache
def _migrated_database(server: Postgres) -> str:
    found = server.new_database()
    with psycopg.connect(found, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")  # these tests never crash the server
        connection.execute("SELECT pg_reload_conf()")
    migrations.upgrade(found)
    return found


def _empty_file(base: Path, folder: Path) -> str:
    found = folder / "test.sqlite3"
    shutil.copyfile(_migrated_file(base), found)
    return f"sqlite:///{found}"


def _empty_database(server: Postgres) -> str:
    found = _migrated_database(server)
    with psycopg.connect(found, autocommit=True) as connection:
        connection.execute("SET lock_timeout = '5s'")  # a transaction left open fails here instead of hanging
        connection.execute("; ".join(EMPTY))
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> str:
    """The address of an empty, migrated database: each test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return _empty_file(tmp_path_factory.getbasetemp(), tmp_path)
    return _empty_database(request.getfixturevalue("postgres"))


@pytest.fixture
def sqlite_address(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> str:
    """The address of an empty, migrated SQLite database, for tests where the kind of database does not matter."""
    return _empty_file(tmp_path_factory.getbasetemp(), tmp_path)


@pytest.fixture
def sqlite_engine(sqlite_address: str) -> Iterator[Engine]:
    opened = open_engine(sqlite_address)
    yield opened
    opened.dispose()
