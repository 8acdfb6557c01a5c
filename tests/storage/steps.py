"""The steps of the migrations, asked of Alembic, and a database to take them with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

import migrations
from storage.session import open_engine

SCRIPTS = ScriptDirectory.from_config(migrations.configuration("sqlite://"))
STEPS = sorted(script.revision for script in SCRIPTS.walk_revisions())
PAIRS = list(pairwise(STEPS))
HEAD = SCRIPTS.get_current_head()
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(migrations.ROOT.parent)}


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database of this test's own without tables."""
    is_file = request.param == "sqlite"
    address = f"sqlite:///{tmp_path / 'old.sqlite3'}" if is_file else request.getfixturevalue("postgres").new_database()
    engine = open_engine(address)
    yield engine
    engine.dispose()


def address(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def bring(engine: Engine, step: str) -> None:
    """Up to that step."""
    command.upgrade(migrations.configuration(address(engine)), step)


def take_back(engine: Engine, step: str) -> None:
    """Down to that step."""
    command.downgrade(migrations.configuration(address(engine)), step)


def step_of(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one())


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())
