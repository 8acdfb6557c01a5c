"""Alembic migrations, one step per file; `hamlet migrate` brings any database up to date."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from migrations import copies
from storage.errors import DatabaseTooNew, RowsLost, UpgradeFailed
from storage.session import open_engine, shown

ROOT = Path(__file__).resolve().parent


def configuration(address: str) -> Config:
    """Alembic's configuration for one database."""
    config = Config()
    config.set_main_option("script_location", str(ROOT))
    config.attributes["address"] = address
    return config


def upgrade(address: str) -> Path | None:
    """Bring the database's tables up to date, in all steps or none.

    Returns the copy that was made of a SQLite file with rows, if there were steps to take. Raises NoCopy,
    DatabaseTooNew or UpgradeFailed, each with the database unchanged.
    """
    config, engine = configuration(address), open_engine(address)
    copy = None
    try:
        copy = copies.before_upgrade(engine, ScriptDirectory.from_config(config))
        command.upgrade(config, "head")
    except CommandError as error:
        raise DatabaseTooNew(shown(address), str(error)) from error
    except (SQLAlchemyError, RowsLost) as error:
        raise UpgradeFailed(shown(address), _reason(error), str(copy) if copy else None) from error
    finally:
        engine.dispose()
    return copy


def _reason(error: Exception) -> str:
    """The first line of the error's message."""
    message = str(error.orig if isinstance(error, DBAPIError) else error).strip()
    return message.splitlines()[0] if message else type(error).__name__
