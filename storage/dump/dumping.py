"""Reads every row as chunks of lines: the columns' names first, then one row a line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection, Table

from storage.dump import tables
from storage.dump.tables import Kind

CHUNK_BYTES = 4_000_000  # about; a chunk ends with the row that reaches it
ROWS_AT_ONCE = 1_000


@dataclass(frozen=True)
class Chunk:
    """Some rows of a table as lines of JSON; `number` counts the table's chunks from 1."""

    table: str
    number: int
    rows: int
    content: bytes


def chunks(connection: Connection, chunk_bytes: int = CHUNK_BYTES) -> Iterator[Chunk]:
    """All rows of all tables, those that others refer to first. A table without rows has no chunk."""
    for table in tables.all_tables(connection):
        yield from _of_table(connection, table, chunk_bytes)


def versions_with_files(connection: Connection) -> list[str]:
    """Names of the model versions that were not removed, those in use first."""
    known = {table.name: table for table in tables.all_tables(connection)}
    if "model_versions" not in known:
        return []
    table = known["model_versions"]
    names = sa.select(table.c.name).order_by(table.c.state.not_in(["champion", "shadow"]), table.c.id.desc())
    if "pruned_at" in table.c:  # an early release removed none
        names = names.where(table.c.pruned_at.is_(None))
    return list(connection.scalars(names))


def version_names(connection: Connection) -> list[str]:
    """Names of all model versions, which are also those of their directories."""
    known = {table.name: table for table in tables.all_tables(connection)}
    return list(connection.scalars(sa.select(known["model_versions"].c.name))) if "model_versions" in known else []


def _of_table(connection: Connection, table: Table, chunk_bytes: int) -> Iterator[Chunk]:
    kinds = tables.columns(table)
    head = _line(list(kinds))
    number, rows, lines = 1, 0, bytearray(head)
    for row in _rows(connection, table, kinds):
        lines += _line(row)
        rows += 1
        if len(lines) >= chunk_bytes:
            yield Chunk(table.name, number, rows, bytes(lines))
            number, rows, lines = number + 1, 0, bytearray(head)
    if rows:
        yield Chunk(table.name, number, rows, bytes(lines))


def _rows(connection: Connection, table: Table, kinds: dict[str, Kind]) -> Iterator[list[Any]]:
    """The rows as cells; the server sends them by and by."""
    query = sa.select(*(_selected(connection, table, name, kind) for name, kind in kinds.items()))
    query = query.order_by(*table.primary_key.columns).execution_options(yield_per=ROWS_AT_ONCE)
    writers = [WRITERS[kind] for kind in kinds.values()]
    for row in connection.execute(query):
        yield [None if cell is None else write(cell) for write, cell in zip(writers, row, strict=True)]


def _selected(connection: Connection, table: Table, name: str, kind: Kind) -> ColumnElement[Any]:
    """The column, or its text where it holds JSON; on SQLite that is what is stored."""
    column = table.c[name]
    if kind != Kind.JSON:
        return column
    return sa.type_coerce(column, sa.Text()) if connection.dialect.name == "sqlite" else sa.cast(column, sa.Text())


def _time(moment: datetime) -> str:
    """On SQLite moments come without their zone, which is always UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def _same(cell: Any) -> Any:
    return cell


WRITERS: dict[Kind, Callable[[Any], Any]] = {
    Kind.TIME: _time,
    Kind.JSON: str,
    Kind.BOOLEAN: bool,
    Kind.PLAIN: _same,
}


def _line(cells: list[Any]) -> bytes:
    return json.dumps(cells, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
