"""Takes the audit's triggers away for a moment, as nothing but tests that empty a database does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy import Connection

TABLE = "audit_entries"
OF_SQLITE = f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{TABLE}'"


@contextmanager
def off(connection: Connection) -> Iterator[None]:
    """Within this transaction entries can be deleted. It costs nothing where there are none."""
    if not (sa.inspect(connection).has_table(TABLE) and _has_rows(connection)):
        yield
    elif connection.dialect.name == "sqlite":
        triggers = list(connection.exec_driver_sql(OF_SQLITE))
        for name, _ in triggers:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        yield
        for _, definition in triggers:
            connection.exec_driver_sql(definition)
    else:
        connection.exec_driver_sql(f"ALTER TABLE {TABLE} DISABLE TRIGGER USER")
        yield
        connection.exec_driver_sql(f"ALTER TABLE {TABLE} ENABLE TRIGGER USER")


def _has_rows(connection: Connection) -> bool:
    return connection.exec_driver_sql(f"SELECT 1 FROM {TABLE} LIMIT 1").first() is not None
