"""INSERT … ON CONFLICT DO NOTHING for both databases."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from storage.models import Base


def insert_once(session: Session, table: type[Base], values: dict[str, Any]) -> bool:
    """Insert the row unless one with the same key exists. Returns whether it was inserted."""
    return inserted_once(session, table, values) is not None


def inserted_once(session: Session, table: type[Base], values: dict[str, Any]) -> tuple[Any, ...] | None:
    """The primary key of the row inserted, or None if one with the same key exists."""
    row = session.execute(_insertion(session.get_bind().dialect.name, table), values).first()
    return None if row is None else tuple(row)


@cache
def _insertion(dialect_name: str, table: type[Base]) -> Insert:
    """The statement, made once: of the table itself, as the mapped class costs more time and gives nothing here."""
    dialect = postgresql if dialect_name == "postgresql" else sqlite
    core: Any = table.__table__
    statement: Insert = dialect.insert(core).on_conflict_do_nothing()
    return statement.returning(*core.primary_key)


def insert_all_once(
    session: Session, table: type[Base], rows: Sequence[dict[str, Any]], key: InstrumentedAttribute[Any]
) -> list[Any]:
    """Insert the rows whose keys do not exist yet. Returns the `key` column of the inserted rows."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).on_conflict_do_nothing().returning(key)
    return list(session.scalars(statement, list(rows))) if rows else []
