"""Databases that take claims and no verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from tests.storage.databases import grows_no_more

FULL, LIMIT_EXCEEDED = "53100", "54000"  # PostgreSQL's codes: of its disk, and of what was to be stored
REFUSES = """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '{code}'; END $$;
CREATE TRIGGER refuses BEFORE INSERT ON verdicts FOR EACH STATEMENT EXECUTE FUNCTION refuse()"""
SQLITE_REFUSES = "CREATE TRIGGER refuses BEFORE INSERT ON verdicts BEGIN SELECT RAISE(ABORT, 'refused'); END"


@contextmanager
def full_disk(engine: Engine) -> Iterator[None]:
    """What is claimed finds room, as it takes that of an earlier claim, and a hundred verdicts do not."""
    if engine.dialect.name == "postgresql":
        with _refusing(engine, REFUSES.format(code=FULL), "DROP FUNCTION refuse CASCADE"):
            yield
        return
    make_room = grows_no_more(engine)
    try:
        yield
    finally:
        make_room()


@contextmanager
def refused_contents(engine: Engine) -> Iterator[None]:
    """What is to be stored is refused for what it is."""
    if engine.dialect.name == "postgresql":
        statements = (REFUSES.format(code=LIMIT_EXCEEDED), "DROP FUNCTION refuse CASCADE")
    else:
        statements = (SQLITE_REFUSES, "DROP TRIGGER refuses")
    with _refusing(engine, *statements):
        yield


@contextmanager
def _refusing(engine: Engine, begins: str, ends: str) -> Iterator[None]:
    with engine.begin() as connection:
        connection.exec_driver_sql(begins)
    try:
        yield
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql(ends)
