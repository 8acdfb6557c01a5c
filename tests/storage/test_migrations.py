"""Migrations make exactly the tables of the code, on both databases, and can be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect

import migrations
from storage import history
from storage.learning import snapshots
from storage.learning.snapshots import PresumedItem
from storage.models import Base
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
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names


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
    history.import_chat(engine, [export(said(1), said(2))])
    with transaction(engine) as session:
        snapshots.store(session, "a" * 64, "b" * 64, {}, [], [PresumedItem(1, 0, True, "f" * 64, 0.5)])
    engine.dispose()
    command.downgrade(migrations.configuration(fresh), "0009")
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


A_VERDICT = (
    """INSERT INTO chats (id, platform, external_id, title, mode, created_at)
    VALUES (1, 'telegram', -1, 'a group', 'training', '2026-01-01 00:00:00')""",
    """INSERT INTO messages (id, chat_id, message_id, edit, author_id, author_name, text, sent_at, received_at, state, attempts)
    VALUES (1, 1, 1, 0, 7, 'Ann', 'hello', '2026-01-01 00:00:00', '2026-01-01 00:00:00', 'ham', 1)""",
    """INSERT INTO model_versions (id, name, state, review_threshold, act_threshold, examples_hash, metrics, created_at)
    VALUES (1, 'v1', 'champion', 0.5, 0.9, '0', '{}', '2026-01-01 00:00:00')""",
    """INSERT INTO verdicts (id, message_id, edit, model_version_id, score, review_threshold, act_threshold, is_spam, created_at)
    VALUES (1, 1, 0, 1, 0.1, 0.5, 0.9, false, '2026-01-01 00:00:00')""",
)
KNOWN = "SELECT standing, has_comments, sees_joins_since FROM verdicts JOIN chats ON chats.id = 1"


def test_what_was_judged_before_standing_was_known_is_of_unknown_authors(fresh: str) -> None:
    command.downgrade(migrations.configuration(fresh), "0008")
    engine = open_engine(fresh)
    with engine.begin() as connection:
        for statement in A_VERDICT:
            connection.exec_driver_sql(statement)
    migrations.upgrade(fresh)
    with engine.connect() as connection:
        assert list(connection.exec_driver_sql(KNOWN)) == [("unknown", False, None)]
    command.downgrade(migrations.configuration(fresh), "0008")
    assert [count(engine, table) for table in ("chats", "messages", "verdicts")] == [1, 1, 1]
    engine.dispose()
