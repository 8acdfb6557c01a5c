"""Every step of the migrations, up and down, on both databases, with rows in every table.

The steps and the tables are asked of Alembic and of the database, so that one added later is tried without a word here.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from sqlalchemy import Engine

import migrations
from storage.models import Base
from storage.session import open_engine
from tests.storage import rows
from tests.storage.steps import (
    PAIRS,
    SCRIPTS,
    STEPS,
    address,
    bring,
    old,
    tables,
    take_back,
)

__all__ = ["old"]

GOES = {  # on the way down, for an older release could not read them or would read them as something else
    "0003": {"actions"},
    "0004": {"actions"},
    "0007": {"login_links", "login_sessions"},
    "0011": {"actions"},  # an appeal of somebody whom an order banned
    "0013": {"actions"},  # what is posted again, told reporters, or stands for a flood
}
FIRST_WORDS = {  # of the columns of words there were
    ("chats", "platform"): {"telegram", "web"},
    ("chats", "mode"): {"observe", "training", "soft", "enforce"},
    ("messages", "state"): {"pending", "ham", "spam", "failed", "nothing to judge"},
    ("model_versions", "state"): {"challenger", "champion", "retired", "rejected"},
    ("corrections", "state"): {"proposed", "accepted", "rejected", "disputed", "replaced"},
    ("actions", "kind"): {"notify", "amend", "delete"},
    ("actions", "state"): {"pending", "done", "failed"},
}


def test_the_steps_follow_each_other_without_a_branch() -> None:
    assert [script.down_revision for script in SCRIPTS.walk_revisions()][::-1] == [None, *STEPS[:-1]]


def test_every_table_of_the_code_gets_rows(old: Engine) -> None:
    bring(old, "head")
    counted = rows.fill(old)
    assert set(counted) == set(Base.metadata.tables)
    assert [table for table, count in counted.items() if count < 2] == []


def test_every_step_up_keeps_every_row(old: Engine) -> None:
    bring(old, STEPS[0])
    for step in STEPS[1:]:
        there = rows.fill(old)
        bring(old, step)
        counted = rows.counts(old)
        assert {table: counted[table] for table in there} == there, step
        rows.empty(old)


def test_every_step_down_keeps_every_row_an_older_release_can_read(old: Engine) -> None:
    bring(old, "head")
    for before, step in reversed(PAIRS):
        there = rows.fill(old)
        take_back(old, before)
        counted = rows.counts(old)
        stays = counted.keys() - GOES.get(step, set())
        assert {table: counted[table] for table in stays} == {table: there[table] for table in stays}, step
        assert all(counted.values()), step
        rows.empty(old)


def test_a_database_of_the_first_release_comes_to_todays_tables_with_its_rows(old: Engine) -> None:
    bring(old, STEPS[0])
    there = rows.fill(old)
    migrations.upgrade(address(old))
    counted = rows.counts(old)
    assert {table: counted[table] for table in there} == there
    command.check(migrations.configuration(address(old)))


def test_todays_database_with_rows_goes_back_to_the_first_release_and_comes_again(old: Engine) -> None:
    bring(old, "head")
    there = rows.fill(old)
    take_back(old, STEPS[0])
    first = rows.counts(old)
    stays = first.keys() - set.union(*GOES.values())
    assert {table: first[table] for table in stays} == {table: there[table] for table in stays}
    migrations.upgrade(address(old))
    command.check(migrations.configuration(address(old)))
    take_back(old, "base")
    assert tables(old) == {"alembic_version"}


def test_the_first_release_meets_no_word_it_does_not_know(old: Engine) -> None:
    bring(old, "head")
    rows.fill(old)
    take_back(old, STEPS[0])
    with old.connect() as connection:
        for (table, column), words in FIRST_WORDS.items():
            assert set(connection.scalars(sa.text(f"SELECT {column} FROM {table}"))) <= words, (table, column)


def test_no_row_refers_to_one_that_is_gone_after_an_upgrade(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    bring(engine, STEPS[0])
    rows.fill(engine)
    migrations.upgrade(address(engine))
    with engine.connect() as connection:
        assert list(connection.exec_driver_sql("PRAGMA foreign_key_check")) == []
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
    engine.dispose()
