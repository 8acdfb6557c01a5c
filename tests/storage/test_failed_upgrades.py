"""Upgrades that fail leave the database as it was and say so in one sentence."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

import migrations
from migrations.rows import all_kept, let_tables_be_copied
from storage.errors import RowsLost, UpgradeFailed
from storage.models import Base
from storage.session import open_engine
from tests.storage import rows
from tests.storage.steps import (
    ENVIRONMENT,
    HEAD,
    STEPS,
    address,
    bring,
    old,
    step_of,
    tables,
)

__all__ = ["old"]


@pytest.fixture
def stuck(old: Engine) -> Engine:
    """A database of the first release with rows, in which somebody made a table of a name that a later step wants."""
    bring(old, STEPS[0])
    rows.fill(old)
    with old.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE waits (id INTEGER)")
    return old


def test_a_step_that_fails_leaves_the_database_as_it_was(stuck: Engine) -> None:
    there, before = rows.counts(stuck), tables(stuck)
    with pytest.raises(UpgradeFailed, match=r"waits.* already exists.* it is as it was"):
        migrations.upgrade(address(stuck))
    assert (rows.counts(stuck), tables(stuck), step_of(stuck)) == (there, before, STEPS[0])
    with stuck.begin() as connection:
        connection.exec_driver_sql("DROP TABLE waits")
    migrations.upgrade(address(stuck))
    assert step_of(stuck) == HEAD


def test_tables_left_half_copied_by_an_older_release_are_in_nobodys_way(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    bring(engine, STEPS[0])
    rows.fill(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE _alembic_tmp_chats AS SELECT * FROM chats")
    migrations.upgrade(address(engine))
    assert tables(engine) == {*Base.metadata.tables, "alembic_version"}
    engine.dispose()


def test_a_step_that_would_leave_a_row_without_what_it_refers_to_is_taken_back(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    bring(engine, "head")
    with pytest.raises(RowsLost, match="row 1 of joins to chats"), engine.connect() as connection:
        let_tables_be_copied(connection)
        with connection.begin(), all_kept(connection):
            connection.exec_driver_sql("INSERT INTO joins VALUES (7, 7, '2026-01-01 00:00:00')")
    assert rows.counts(engine)["joins"] == 0
    engine.dispose()


def test_two_processes_that_upgrade_one_database_at_once_both_find_it_up_to_date(old: Engine) -> None:
    bring(old, STEPS[0])
    rows.fill(old)
    code = f"import migrations; migrations.upgrade({address(old)!r})"
    both = [subprocess.Popen([sys.executable, "-c", code], env=ENVIRONMENT) for _ in range(2)]
    assert ([one.wait() for one in both], step_of(old)) == ([0, 0], HEAD)


def test_a_failure_is_one_sentence_on_the_terminal(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'hamlet.sqlite3'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE waits (id INTEGER)")
    environment = ENVIRONMENT | {"HAMLET_DATABASE_URL": address(engine)}
    engine.dispose()
    command = [sys.executable, "-m", "cli", "migrate"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"hamlet: the database .* `hamlet migrate` again, or go on with .*\n", done.stderr)
