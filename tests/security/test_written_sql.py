"""No statement is put together from what comes from outside: SQL is written out, or made by SQLAlchemy of bound values."""

from __future__ import annotations

import ast

import pytest

from tests.security.called import joined_sql
from tests.test_conventions import FILES, ROOT

PUT_TOGETHER = {  # what is, with the reason
    "storage/dump/loading.py": {"f'INSERT INTO {into} VALUES ({places})'"},  # tables and columns of ours, quoted
    "storage/dump/tables.py": {"f'SELECT 1 FROM {quote(name)} LIMIT 1'"},  # a table of ours, quoted
    "storage/models/base.py": {"where"},  # the condition of an index, which stands in the model
    "storage/room.py": {"f'PRAGMA {name}'"},  # one of three names written beside it
    "storage/session.py": {"f'PRAGMA {pragma}'", "f'PRAGMA incremental_vacuum({pages:d})'"},  # written there; a number
    "training/fit/feature_cache.py": {
        "f'DELETE FROM {table} WHERE key = ?'",  # one of two tables, written there
        "f'SELECT key, hidden, checksum FROM features WHERE key IN ({marks})'",  # question marks
    },
}
ELSEWHERE = ("benchmarks/",)  # run by hand, on databases that they make


def test_no_statement_is_put_together_from_what_comes_from_outside() -> None:
    """Migrations are no part: they name tables and columns alone, and read nothing from outside."""
    found = {
        path.relative_to(ROOT).as_posix(): set(joined_sql(ast.parse(path.read_text(encoding="utf-8"))))
        for path in FILES
    }
    assert {file: sql for file, sql in found.items() if sql and not file.startswith(ELSEWHERE)} == PUT_TOGETHER


@pytest.mark.parametrize(
    "code",
    [
        'connection.execute(f"SELECT {words}")',
        'connection.execute("SELECT " + words)',
        'connection.execute("SELECT %s" % words)',
        'connection.execute("SELECT {}".format(words))',
        'cursor.execute(" ".join(parts))',
        'sql = f"SELECT {words}"\ncursor.execute(sql)',
        'cursor.executemany(f"INSERT INTO {table} VALUES (?)", rows)',
        "cursor.executescript(script)",
        "session.connection().exec_driver_sql(sql)",
        "from sqlalchemy import text\ntext(words)",
        "from sqlalchemy import text as sql\nsql(words)",
        'from sqlalchemy import text as sql\nsql(f"SELECT {words}")',
        "import sqlalchemy\nsqlalchemy.text(words)",
        "import sqlalchemy as sa\nsa.text(words)",
        "import sqlalchemy as db\ndb.sql.text(words)",
        "from sqlalchemy.sql import expression\nexpression.text(words)",
        "from sqlalchemy import literal_column\nliteral_column(words)",
        "from sqlalchemy import literal_column as column\ncolumn(f\"'{words}'\")",
        'from sqlalchemy import text\ntext("SELECT 1" if words else words)',
    ],
)
def test_sql_that_is_put_together_is_noticed(code: str) -> None:
    assert list(joined_sql(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        'from sqlalchemy import text\ntext("SELECT 1")',
        'from sqlalchemy import text\ntext("SELECT 1" if is_sqlite else "SELECT 2")',
        "from sqlalchemy import literal_column\nliteral_column(FLAGGED)",
        'connection.exec_driver_sql(f"SELECT version_num FROM {ALEMBICS}")',
        "session.execute(select(Message).where(Message.id == number))",
        "session.execute(statement, {'words': words})",
        "number = first + second\nsession.execute(number)",
        "from bot import text\ntext(words)",
        "answer.text(words)",
    ],
)
def test_sql_that_is_written_out_is_not(code: str) -> None:
    assert list(joined_sql(ast.parse(code))) == []
