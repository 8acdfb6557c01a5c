"""The tables that a database has, whatever step of the migrations it is at, and what their columns hold."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import Connection, MetaData, Table

ALEMBICS = "alembic_version"
HALF_COPIED = "_alembic_tmp_"  # what a migration calls a table while it copies it


class Kind(StrEnum):
    """What a column's cells are in a dump."""

    TIME = "time"  # ISO 8601 in UTC
    JSON = "json"  # the document as text, so that JSON's null and SQL's stay two things
    BOOLEAN = "boolean"
    PLAIN = "plain"  # a number or a text


def all_tables(connection: Connection) -> list[Table]:
    """Our tables, those that others refer to first."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if _is_ours(table.name)]


def columns(table: Table) -> dict[str, Kind]:
    """The table's columns and their kinds, without those that the database computes."""
    return {column.name: _kind(column.type) for column in table.columns if column.computed is None}


def step(connection: Connection) -> str | None:
    """The step of the migrations that the database is at; None before the first."""
    if not sa.inspect(connection).has_table(ALEMBICS):
        return None
    number = connection.exec_driver_sql(f"SELECT version_num FROM {ALEMBICS}").scalar_one_or_none()
    return None if number is None else str(number)


def has_rows(connection: Connection) -> bool:
    """Whether any of our tables holds a row."""
    quote = connection.dialect.identifier_preparer.quote
    names = [name for name in sa.inspect(connection).get_table_names() if _is_ours(name)]
    return any(connection.exec_driver_sql(f"SELECT 1 FROM {quote(name)} LIMIT 1").first() for name in names)


def _is_ours(name: str) -> bool:
    return name != ALEMBICS and not name.startswith(HALF_COPIED)


def _kind(type_: sa.types.TypeEngine[object]) -> Kind:
    if isinstance(type_, sa.DateTime):
        return Kind.TIME
    if isinstance(type_, sa.JSON):
        return Kind.JSON
    return Kind.BOOLEAN if isinstance(type_, sa.Boolean) else Kind.PLAIN
