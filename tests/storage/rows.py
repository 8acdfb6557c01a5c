"""Rows for any table at any step of the migrations, made of what the database says of its columns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, Connection, Engine, MetaData, Table

from storage.dump.tables import ALEMBICS
from storage.models import Base
from tests.storage import audit_trigger

LONGEST = 8  # of what stands in a column of words; every such column is longer


def fill(engine: Engine) -> dict[str, int]:
    """Put rows into every table there is. Returns how many each has.

    One row for each word of each column of words, every column filled, and one with every column empty that may be.
    """
    with engine.begin() as connection:
        tables = _tables(connection)
        for table in tables:
            parents = {column.name: _numbers(connection, column) for column in table.columns if column.foreign_keys}
            for number, row in enumerate(_rows(table), start=1):
                _add(connection, table, row | _keys(table, number) | _cycled(row, parents, number))
        return _counts(connection, tables)


def counts(engine: Engine) -> dict[str, int]:
    """How many rows each table has."""
    with engine.begin() as connection:
        return _counts(connection, _tables(connection))


def empty(engine: Engine) -> None:
    """Delete every row."""
    with engine.begin() as connection, audit_trigger.off(connection):
        for table in reversed(_tables(connection)):
            connection.execute(sa.delete(table))


def _tables(connection: Connection) -> list[Table]:
    """Those that others refer to first."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != ALEMBICS]


def _counts(connection: Connection, tables: list[Table]) -> dict[str, int]:
    return {t.name: connection.execute(sa.select(sa.func.count()).select_from(t)).scalar_one() for t in tables}


def _rows(table: Table) -> Iterator[dict[str, Any]]:
    columns = [column for column in table.columns if column.computed is None]
    full = {column.name: _value(column) for column in columns}
    yield {name: None if table.c[name].nullable else value for name, value in full.items()}
    yield full
    for column in columns:
        for word in _words(column):
            yield {**full, column.name: word}


def _words(column: Column[Any]) -> list[str]:
    """What today's code may write there."""
    today = Base.metadata.tables.get(column.table.name)
    allowed = today.c.get(column.name) if today is not None else None
    return list(allowed.type.enums) if allowed is not None and isinstance(allowed.type, sa.Enum) else []


def _value(column: Column[Any]) -> Any:
    kind = column.type
    if isinstance(kind, sa.JSON):
        return {}
    if isinstance(kind, sa.Boolean):
        return False
    if isinstance(kind, sa.DateTime):
        return datetime(2026, 1, 1, tzinfo=UTC)
    if isinstance(kind, sa.Float | sa.Integer | sa.Numeric):
        return 1
    return (_words(column) or ["a" * LONGEST])[0]


def _numbers(connection: Connection, column: Column[Any]) -> list[int]:
    """The rows that the column may refer to."""
    (key,) = column.foreign_keys
    return list(connection.scalars(sa.select(key.column).order_by(key.column)))


def _cycled(row: dict[str, Any], parents: dict[str, list[int]], number: int) -> dict[str, int]:
    """Whom this row refers to: one after the other, and nobody where it says so."""
    return {name: keys[number % len(keys)] for name, keys in parents.items() if row[name] is not None}


def _keys(table: Table, number: int) -> dict[str, Any]:
    """What differs from row to row: of each key the last column, if its values are not few."""
    keys = [
        list(c.columns)[-1] for c in table.constraints if isinstance(c, sa.PrimaryKeyConstraint | sa.UniqueConstraint)
    ]
    return {column.name: _told_apart(column, number) for column in keys if not _words(column)}


def _told_apart(column: Column[Any], number: int) -> Any:
    return number if isinstance(column.type, sa.Integer) else f"{number:0{LONGEST}}"


def _add(connection: Connection, table: Table, row: dict[str, Any]) -> None:
    """Add the row, unless the table may hold one of its kind and has it."""
    try:
        with connection.begin_nested():
            connection.execute(sa.insert(table).values(row))
    except sa.exc.IntegrityError as error:
        if "unique" not in str(error.orig).lower():
            raise
