"""Migrations make exactly the tables of the code, on both databases, and can be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect

import migrations
from storage import history
from storage.models import Base
from storage.queries import snapshots
from storage.queries.snapshots import PresumedItem
from storage.session import open_engine, transaction
from tests.conftest import count
from tests.storage.exports import export, said


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database of this test's own, migrated."""
    found: str = (
        f"sqlite:///{tmp_path / 'fresh.sqlite3'}"
        if request.param == "sqlite"
        else request.getfixturevalue("postgres").new_database()
    )
    migrations.upgrade(found)
    return found


def tables(address: str) -> set[str]:
    engine = open_engine(address)
    found = set(inspect(engine).get_table_names())
    engine.dispose()
    return found


def test_the_tables_are_those_of_the_code(fresh: str) -> None:
    command.check(migrations.configuration(fresh))
    assert tables(fresh) == {*Base.metadata.tables, "alembic_version"}


def test_migrating_twice_is_harmless(address: str) -> None:
    engine = open_engine(address)
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO leases VALUES ('training', 'a', '2025-01-01 00:00:00')")
    migrations.upgrade(address)
    assert count(engine, "leases") == 1
    engine.dispose()


def test_an_older_release_finds_a_chats_past_as_ham(fresh: str) -> None:
    engine = open_engine(fresh)
    history.bring_in(engine, [export(said(1), said(2))])
    with transaction(engine) as session:
        snapshots.store(session, "a" * 64, "b" * 64, {}, [], [PresumedItem(1, 0, True, "f" * 64, 0.5)])
    engine.dispose()
    command.downgrade(migrations.configuration(fresh), "-1")
    assert count(engine, "messages", "state = 'ham'") == 2
    engine.dispose()
    migrations.upgrade(fresh)
    command.check(migrations.configuration(fresh))
    assert (count(engine, "messages"), count(engine, "snapshot_presumed")) == (2, 0)
    engine.dispose()


def test_migrations_can_be_taken_back_and_done_again(fresh: str) -> None:
    command.downgrade(migrations.configuration(fresh), "base")
    assert tables(fresh) == {"alembic_version"}
    migrations.upgrade(fresh)
    command.check(migrations.configuration(fresh))
