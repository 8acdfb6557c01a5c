"""Loads chunks of lines into the tables of an empty database: COPY on PostgreSQL, INSERT on SQLite."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError

from storage.dump import tables
from storage.dump.tables import Kind
from storage.errors import NotLoadable

Row = list[Any]


class Loader:
    """Loads within the connection's transaction, whose end is the caller's: all rows or none."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._tables = {table.name: table for table in tables.all_tables(connection)}
        self.rows: dict[str, int] = {}

    def load(self, name: str, content: bytes) -> None:
        """Add the rows of one chunk. Raises NotLoadable where they do not fit the table."""
        table = self._tables.get(name)
        if table is None:
            raise NotLoadable(name, "there is no such table")
        try:
            names, rows = _parsed(content)
            added = self._add(table, names, rows)
        except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            raise NotLoadable(name, str(error)) from error
        except (DBAPIError, psycopg.Error) as error:
            reason = str(error.orig if isinstance(error, DBAPIError) else error)
            raise NotLoadable(name, (reason.strip() or type(error).__name__).splitlines()[0]) from error
        self.rows[name] = self.rows.get(name, 0) + added

    def leave_out(self, name: str) -> None:
        """Delete the rows of a table that there is at this step."""
        if name in self._tables:
            self._connection.execute(sa.delete(self._tables[name]))

    def set_sequences(self) -> None:
        """Have PostgreSQL go on counting after the highest numbers; SQLite does so by itself."""
        if self._connection.dialect.name == "sqlite":
            return
        for table in self._tables.values():
            for column in table.primary_key.columns:
                self._set_sequence(table, column.name)

    def _set_sequence(self, table: Table, column: str) -> None:
        names = {"table": self._quoted(table.name), "column": column}
        sequence = self._connection.scalar(sa.text("SELECT pg_get_serial_sequence(:table, :column)"), names)
        highest = self._connection.scalar(sa.select(sa.func.max(table.c[column])))
        if sequence is not None and highest is not None:
            self._connection.execute(sa.select(sa.func.setval(sequence, highest)))

    def _add(self, table: Table, names: list[str], rows: list[Row]) -> int:
        kinds = tables.columns(table)
        if sorted(names) != sorted(kinds):
            raise ValueError(f"its columns are {', '.join(names)}, and not {', '.join(kinds)}")
        into = f"{self._quoted(table.name)} ({', '.join(self._quoted(name) for name in names)})"
        if self._connection.dialect.name == "sqlite":
            readers = [READERS.get(kinds[name], _same) for name in names]
            self._insert(into, [_converted(row, readers) for row in rows])
        else:
            self._copy(into, rows)
        return len(rows)

    def _insert(self, into: str, rows: list[tuple[Any, ...]]) -> None:
        places = ", ".join("?" * len(rows[0]))
        self._connection.exec_driver_sql(f"INSERT INTO {into} VALUES ({places})", rows)

    def _copy(self, into: str, rows: list[Row]) -> None:
        """PostgreSQL reads each cell's text by its column's type."""
        raw = self._connection.connection.driver_connection
        assert isinstance(raw, psycopg.Connection)
        with raw.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN".encode()) as copy:
            for row in rows:
                copy.write_row(row)

    def _quoted(self, name: str) -> str:
        return self._connection.dialect.identifier_preparer.quote(name)


def _parsed(content: bytes) -> tuple[list[str], list[Row]]:
    """The columns' names and the rows. Raises ValueError unless every row has as many cells as there are names."""
    lines: Iterator[Any] = (json.loads(line) for line in content.decode().split("\n") if line)
    names = next(lines, None)
    rows = list(lines)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names) or not rows:
        raise ValueError("its first line does not name its columns, or no row follows")
    if any(not isinstance(row, list) or len(row) != len(names) for row in rows):
        raise ValueError("a row has not as many cells as there are columns")
    if any(isinstance(cell, list | dict) for row in rows for cell in row):
        raise ValueError("a cell is neither a text nor a number")
    return names, rows


def _converted(row: Row, readers: list[Callable[[Any], Any]]) -> tuple[Any, ...]:
    return tuple(None if cell is None else read(cell) for read, cell in zip(readers, row, strict=True))


def _sqlite_time(cell: Any) -> str:
    """As SQLAlchemy writes a moment into SQLite: in UTC, without its zone."""
    return datetime.fromisoformat(cell).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def _same(cell: Any) -> Any:
    return cell


READERS: dict[Kind, Callable[[Any], Any]] = {Kind.TIME: _sqlite_time, Kind.BOOLEAN: int}
