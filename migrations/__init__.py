"""Alembic migrations, one step per file; `hamlet migrate` brings any database up to date."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from storage.dump import tables
from storage.errors import DatabaseTooNew, RowsLost, UpgradeFailed
from storage.session import at_one_moment, engine_for, shown

ROOT = Path(__file__).resolve().parent


def configuration(address: str) -> Config:
    """Alembic's configuration for one database."""
    config = Config()
    config.set_main_option("script_location", str(ROOT))
    config.attributes["address"] = address
    return config


def newest() -> str:
    """The last step that this hamlet knows."""
    return str(_scripts().get_current_head())


def knows(step: str) -> bool:
    """Whether it is a step of this hamlet's."""
    return any(script.revision == step for script in _scripts().walk_revisions())


def would_change_rows(address: str) -> bool:
    """Whether the database has rows and is at an earlier step. Raises DatabaseUnreachable."""
    with engine_for(address) as engine, at_one_moment(engine) as connection:
        step = tables.step(connection)
        return step is not None and step != newest() and knows(step) and tables.has_rows(connection)


def upgrade(address: str, backup: Path | None = None) -> None:
    """Bring the database's tables up to date, in all steps or none; `backup` is where a failure says that one is.

    Raises DatabaseTooNew or UpgradeFailed, each with the database unchanged.
    """
    _take("head", address, backup)


def make_empty_tables(address: str, step: str) -> None:
    """Give a database without rows the tables of that step. Raises DatabaseTooNew or UpgradeFailed."""
    if _step(address) not in (None, step):
        command.downgrade(configuration(address), "base")
    _take(step, address)


def _take(step: str, address: str, backup: Path | None = None) -> None:
    try:
        command.upgrade(configuration(address), step)
    except CommandError as error:
        raise DatabaseTooNew(shown(address), str(error)) from error
    except (SQLAlchemyError, RowsLost) as error:
        raise UpgradeFailed(shown(address), _reason(error), str(backup) if backup else None) from error


def _step(address: str) -> str | None:
    with engine_for(address) as engine, at_one_moment(engine) as connection:
        return tables.step(connection)


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(configuration("sqlite://"))


def _reason(error: Exception) -> str:
    """The first line of the error's message."""
    message = str(error.orig if isinstance(error, DBAPIError) else error).strip()
    return message.splitlines()[0] if message else type(error).__name__
