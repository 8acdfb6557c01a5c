"""Guards rows during migrations: one migration at a time, and no row may end up referring to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, inspect

from storage.dump.tables import HALF_COPIED
from storage.errors import RowsLost

ONE_AT_A_TIME = 0x48414D  # a lock number that nobody else uses in this database
LOCK_TIMEOUT = "3s"  # behind a table's lock that is waited for, everybody else waits too


def let_tables_be_copied(connection: Connection) -> None:
    """On SQLite, switch foreign keys off while tables are copied: dropping the old table would delete rows, or fail.

    SQLite allows this only between transactions, so it comes before the first statement.
    """
    raw = connection.connection.driver_connection
    if connection.dialect.name == "sqlite" and raw is not None:
        raw.execute("PRAGMA foreign_keys = OFF")


@contextmanager
def all_kept(connection: Connection) -> Iterator[None]:
    """Run the migrations alone, and check at the end that no row refers to a missing one.

    Raises RowsLost, so that the transaction is rolled back.
    """
    if connection.dialect.name != "sqlite":  # on SQLite, a transaction of ours is the only one that writes
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})")
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        yield
        return
    _drop_half_copied(connection)
    before = _orphans(connection)
    yield
    if lost := _orphans(connection) - before:
        raise RowsLost(sorted(lost))


def _drop_half_copied(connection: Connection) -> None:
    for name in inspect(connection).get_table_names():
        if name.startswith(HALF_COPIED):
            connection.exec_driver_sql(f'DROP TABLE "{name}"')


def _orphans(connection: Connection) -> set[tuple[str, int | None, str]]:
    """Rows that refer to a missing one: their table, their id, and the table they refer to."""
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check")
    return {(table, row, parent) for table, row, parent, _ in orphans}
