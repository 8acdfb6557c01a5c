"""The engine and its transactions. On SQLite: WAL, a busy timeout, and writers that queue instead of failing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from storage.errors import DatabaseFull, DatabaseNotMigrated, DatabaseUnreachable

BUSY_TIMEOUT_SECONDS = 10
GIVEN_UP_AFTER = {  # with PostgreSQL, where the address does not say otherwise
    "connect_timeout": 5,
    "keepalives": 1,  # from here on for the kernel, so that a server that vanished without a word is given up
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,  # milliseconds
}
INCREMENTAL = 2  # of SQLite's PRAGMA auto_vacuum
UNDEFINED_TABLE, UNDEFINED_COLUMN, DISK_FULL, READ_ONLY = "42P01", "42703", "53100", "25006"  # PostgreSQL's codes
NO_DATABASE = "file is not a database"  # SQLite's words
UNREACHABLE = (OperationalError, InterfaceError)
LIMIT_EXCEEDED = (
    "54"  # this class of PostgreSQL's codes is about what was to be stored, though psycopg calls it operational
)


def open_engine(address: str) -> Engine:
    """An engine for the address. It connects to nothing yet, but creates the folder of a SQLite file.

    Raises DatabaseUnreachable where that folder cannot be created.
    """
    url = make_url(address)
    if url.get_backend_name() != "sqlite":
        return create_engine(
            address,
            pool_pre_ping=True,
            pool_size=5,
            max_overflow=10,
            hide_parameters=True,
            # no prepared statements, because PgBouncer gives each transaction whichever connection is free
            connect_args={"prepare_threshold": None}
            | {name: GIVEN_UP_AFTER[name] for name in GIVEN_UP_AFTER.keys() - url.query},
        )
    try:
        url = url.set(database=url.database and str(Path(url.database).expanduser()))
        Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError) as error:  # RuntimeError: the home directory of ~ is unknown
        raise DatabaseUnreachable(shown(address), str(error)) from error
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def engine_for(address: str) -> Iterator[Engine]:
    """An engine whose connections are closed at the end."""
    engine = open_engine(address)
    try:
        yield engine
    finally:
        engine.dispose()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # BEGIN is ours: Python's own would start every transaction as a reader
    cursor = connection.cursor()
    if cursor.execute("PRAGMA page_count").fetchone() == (0,):  # a new file: later it would have no effect
        cursor.execute("PRAGMA auto_vacuum = INCREMENTAL")
    # with secure_delete, what is erased is overwritten in the file and not only unlinked
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reads_only = connection.get_execution_options().get("reads_only", False)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """A transaction that commits at the end and rolls back on any error. Raises DatabaseUnreachable."""
    with _reachable(engine), Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A consistent view that writes nothing and, on SQLite, waits for no writer. Raises DatabaseUnreachable."""
    reader = engine.execution_options(reads_only=True)
    with _reachable(engine), Session(reader, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def at_one_moment(engine: Engine) -> Iterator[Connection]:
    """One view of all tables at one moment, however long it is read; nobody waits for it. Raises DatabaseUnreachable."""
    is_sqlite = engine.dialect.name == "sqlite"
    repeatable = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with _reachable(engine), engine.execution_options(reads_only=True).connect() as connection:
        if not is_sqlite:
            connection = connection.execution_options(**repeatable)
        with connection.begin():
            connection.execute(text("SELECT count(*) FROM sqlite_master" if is_sqlite else "SELECT 1"))
            yield connection


def empty_log(engine: Engine) -> None:
    """On SQLite, move what the write-ahead log holds into the file and truncate it: erased texts are still in there.

    Where somebody reads just now it is left for the next time, for writers would wait. Raises DatabaseUnreachable.
    """
    if engine.dialect.name != "sqlite":
        return
    with _reachable(engine), closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout = 200")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_SECONDS * 1_000}")
        cursor.close()


def free_pages(engine: Engine) -> int:
    """How many pages a SQLite file can give back; none where it was made without `auto_vacuum`. Raises DatabaseUnreachable."""
    if engine.dialect.name != "sqlite":
        return 0
    with reading(engine) as session:
        can_shrink = session.scalar(text("PRAGMA auto_vacuum")) == INCREMENTAL
        return int(session.scalar(text("PRAGMA freelist_count")) or 0) if can_shrink else 0


def give_back(engine: Engine, pages: int) -> None:
    """Have a SQLite file give back that many free pages; writers wait meanwhile. Raises DatabaseUnreachable.

    The file gets shorter when the write-ahead log is emptied.
    """
    with _reachable(engine), closing(engine.raw_connection()) as connection:
        # by `execute`, Python stops after the first page, for the statement has no columns
        connection.cursor().executescript(f"PRAGMA incremental_vacuum({pages:d})")


@contextmanager
def _reachable(engine: Engine) -> Iterator[None]:
    try:
        yield
    except PoolTimeout as error:
        raise DatabaseUnreachable(shown(str(engine.url)), "all connections are in use") from error
    except sqlite3.OperationalError as error:  # of a connection that is not SQLAlchemy's
        raise _away(engine, str(error)) from error
    except DBAPIError as error:
        if _lacks_tables(error):
            raise DatabaseNotMigrated(shown(str(engine.url))) from error
        code = getattr(error.orig, "sqlstate", None)
        is_away = isinstance(error, UNREACHABLE) and not (code or "").startswith(LIMIT_EXCEEDED)
        is_away |= error.connection_invalidated or code == READ_ONLY
        if is_away or NO_DATABASE in str(error.orig):
            reason = (str(error.orig).strip() or type(error.orig).__name__).splitlines()[0]
            raise _away(engine, reason, code) from error
        raise


def _away(engine: Engine, reason: str, code: str | None = None) -> DatabaseUnreachable:
    is_full = "disk is full" in reason or code == DISK_FULL
    return (DatabaseFull if is_full else DatabaseUnreachable)(shown(str(engine.url)), reason)


def _lacks_tables(error: DBAPIError) -> bool:
    reason = str(error.orig)
    is_sqlites = any(words in reason for words in ("no such table", "no such column", "has no column named"))
    return is_sqlites or getattr(error.orig, "sqlstate", None) in (UNDEFINED_TABLE, UNDEFINED_COLUMN)


def shown(address: str) -> str:
    """The address without its password."""
    return make_url(address).render_as_string(hide_password=True)
