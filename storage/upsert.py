"""INSERT … ON CONFLICT DO NOTHING for both databases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from storage.models import Base


def insert_once(session: Session, table: type[Base], values: dict[str, Any]) -> bool:
    """Insert the row unless one with the same key exists. Returns whether it was inserted."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).values(**values).on_conflict_do_nothing()
    return session.execute(statement.returning(*table.__table__.primary_key)).first() is not None


def insert_all_once(
    session: Session, table: type[Base], rows: Sequence[dict[str, Any]], key: InstrumentedAttribute[Any]
) -> list[Any]:
    """Insert the rows whose keys do not exist yet. Returns the `key` column of the inserted rows."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).on_conflict_do_nothing().returning(key)
    return list(session.scalars(statement, list(rows))) if rows else []
