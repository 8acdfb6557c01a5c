"""Upgrades that fail leave the database as it was and say so in one sentence; before one, the file is copied."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

import migrations
from cli import database
from migrations.rows import all_kept, let_tables_be_copied
from storage.errors import NoCopy, RowsLost, UpgradeFailed
from storage.models import Base
from storage.session import open_engine
from tests.storage import rows
from tests.storage.steps import (
    ENVIRONMENT,
    HEAD,
    STEPS,
    address,
    bring,
    files,
    old,
    step_of,
    tables,
    take_back,
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


# The copy


def test_before_the_tables_of_a_file_with_rows_change_it_is_copied_beside_itself(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'hamlet.sqlite3'}")
    bring(engine, STEPS[0])
    there = rows.fill(engine)
    copy = migrations.upgrade(address(engine))
    assert files(tmp_path) == [copy]
    assert re.fullmatch(r"hamlet-before-upgrade-[-\d]+-from-0001\.sqlite3", str(copy and copy.name))
    kept = open_engine(f"sqlite:///{copy}")
    assert (rows.counts(kept), step_of(kept)) == (there, STEPS[0])
    kept.dispose()
    engine.dispose()


def test_the_command_says_where_the_copy_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'hamlet.sqlite3'}")
    bring(engine, STEPS[0])
    rows.fill(engine)
    monkeypatch.setenv("HAMLET_DATABASE_URL", address(engine))
    about_copy = database.migrate().about_copy
    assert about_copy == f" As it was before, it is kept in {files(tmp_path)[0]}."
    assert database.migrate().about_copy == ""
    engine.dispose()


def test_a_database_without_rows_or_without_steps_to_take_is_not_copied(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'hamlet.sqlite3'}")
    bring(engine, STEPS[0])
    assert migrations.upgrade(address(engine)) is None
    rows.fill(engine)
    assert migrations.upgrade(address(engine)) is None
    assert files(tmp_path) == []
    engine.dispose()


def test_the_newest_three_copies_of_a_database_are_kept(tmp_path: Path) -> None:
    other = tmp_path / "other-before-upgrade-2026-01-01-000000-000000-from-0001.sqlite3"
    other.touch()
    engine = open_engine(f"sqlite:///{tmp_path / 'hamlet.sqlite3'}")
    bring(engine, STEPS[0])
    rows.fill(engine)
    made = []
    for _ in range(5):
        made.append(migrations.upgrade(address(engine)))
        take_back(engine, STEPS[-2])
    assert files(tmp_path) == [*made[-3:], other]
    engine.dispose()


def test_where_no_copy_can_be_made_nothing_is_changed(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / ('a' * 240)}")  # the copy's name would be too long for a file's
    bring(engine, STEPS[0])
    there = rows.fill(engine)
    with pytest.raises(NoCopy, match="nothing was changed: make room"):
        migrations.upgrade(address(engine))
    assert (rows.counts(engine), step_of(engine)) == (there, STEPS[0])
    engine.dispose()
