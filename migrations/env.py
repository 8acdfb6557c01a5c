"""What Alembic runs: it connects to the database and migrates its tables."""

from __future__ import annotations

import time
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from migrations import rows
from storage.models import Base
from storage.session import open_engine
from storage.settings import StorageSettings
from storage.types import AnyText, Name, UtcTime

LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's code
LOCK_ATTEMPTS, LOCK_PAUSE_SECONDS = 30, 1.0  # two minutes in all
PLAIN = {UtcTime: "sa.DateTime(timezone=True)", Name: "sa.String(256)", AnyText: "sa.Text()"}


def plainly(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Our column types as plain SQLAlchemy types, so that a migration never needs our code."""
    return PLAIN.get(type(item), False) if kind == "type" else False


def is_ours(_item: Any, name: str | None, kind: str, _is_reflected: bool, _compared_to: Any) -> bool:
    """Whether Alembic compares this object: all but the full-text index, which only PostgreSQL has."""
    return (kind, name) != ("index", "ix_messages_words")


def run() -> None:
    """Migrate the database of the configuration, or of the settings.

    Where somebody holds a table for longer than is waited for, all steps are taken back and tried again a moment later, so
    that processes at work are held up for seconds at most.
    """
    address = context.config.attributes.get("address") or StorageSettings().address
    engine = open_engine(address)
    try:
        for is_last in (*[False] * (LOCK_ATTEMPTS - 1), True):
            if _is_migrated(engine, is_last):
                return
            time.sleep(LOCK_PAUSE_SECONDS)
    finally:
        engine.dispose()


def _is_migrated(engine: Engine, is_last: bool) -> bool:
    """Whether the tables could be had; raises at the last attempt where they could not."""
    try:
        with engine.connect() as connection:
            _migrate(connection)
    except OperationalError as error:
        if is_last or getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        return False
    return True


def _migrate(connection: Connection) -> None:
    rows.let_tables_be_copied(connection)
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",  # SQLite alters a table by copying it
        transactional_ddl=True,  # all steps or none, on SQLite too: `open_engine` begins its transactions itself
        compare_type=True,
        render_item=plainly,
        include_object=is_ours,
    )
    with context.begin_transaction(), rows.all_kept(connection):
        context.run_migrations()


run()
