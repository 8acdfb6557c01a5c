"""Before tables that have rows change, the database is backed up; the newest three of these stay."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from cli import database
from cli.backup import restoring
from cli.errors import CommandError
from storage.dump import tables
from storage.session import at_one_moment, open_engine
from storage.settings import StorageSettings
from tests.storage import rows
from tests.storage.steps import HEAD, STEPS, bring, step_of, take_back

LOGGED_OUT = {"login_links": 0, "login_sessions": 0}  # nobody is logged in to what was restored


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Engine]:
    """The home's database, at the first step."""
    is_file = request.param == "sqlite"
    where = f"sqlite:///{tmp_path / 'h.sqlite3'}" if is_file else request.getfixturevalue("postgres").new_database()
    monkeypatch.setenv("HAMLET_DATABASE_URL", where)
    engine = open_engine(where)
    bring(engine, STEPS[0])
    yield engine
    engine.dispose()


def backups() -> list[Path]:
    return sorted((StorageSettings().home / "backups").glob("*"))


def test_the_backup_brings_the_old_database_back(old: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = rows.fill(old)
    done = database.migrate()
    assert [done.backup] == backups()
    assert done.about_backup == f" As it was before, it is in {done.backup}; `hamlet restore` brings it back."
    assert step_of(old) == HEAD
    monkeypatch.setenv("HAMLET_DATABASE_URL", f"sqlite:///{tmp_path / 'back.sqlite3'}")
    assert done.backup is not None
    restoring.restore(done.backup, upgrades=False)
    back = open_engine(StorageSettings().address)
    assert (rows.counts(back), step_of(back)) == (there | LOGGED_OUT, STEPS[0])
    back.dispose()


def test_an_older_backup_is_restored_and_brought_up_to_date(
    old: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = rows.fill(old)
    file = database.migrate().backup
    assert file is not None
    monkeypatch.setenv("HAMLET_DATABASE_URL", f"sqlite:///{tmp_path / 'back.sqlite3'}")
    restoring.restore(file)
    back = open_engine(StorageSettings().address)
    counted = rows.counts(back)
    assert ({table: counted[table] for table in there}, step_of(back)) == (there | LOGGED_OUT, HEAD)
    back.dispose()


def test_a_database_without_rows_or_without_steps_to_take_is_not_backed_up(old: Engine) -> None:
    assert database.migrate().about_backup == ""
    rows.fill(old)
    assert database.migrate().backup is None
    assert backups() == []


def test_the_newest_three_are_there(old: Engine) -> None:
    rows.fill(old)
    made = []
    for _ in range(5):
        made.append(database.migrate().backup)
        take_back(old, STEPS[-2])
    assert backups() == made[-3:]


def test_where_no_backup_can_be_made_nothing_is_changed(old: Engine) -> None:
    there = rows.fill(old)
    home = StorageSettings().home
    home.mkdir()
    (home / "backups").write_text("a file where the folder would be")
    with pytest.raises(CommandError, match=r"no backup of it could be made first .* nothing was changed: make room in"):
        database.migrate()
    assert rows.counts(old) == there
    with at_one_moment(old) as connection:
        assert tables.step(connection) == STEPS[0]
