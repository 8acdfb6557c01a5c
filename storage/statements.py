"""Tells whoever watches of each statement: what it does to which table, never its text or its values."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext

from storage.models import Base

End = Callable[[type[BaseException] | None], None]  # what ended it, if an error did
Begin = Callable[[str, str], End | None]  # its name and the kind of database; None where nobody wants to know its end

OPERATIONS = frozenset(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "BEGIN", "PRAGMA", "SET", "LOCK"))
FIRST_WORD = re.compile(r"\s*([A-Za-z]+)")
TABLE = re.compile(r'\b(?:FROM|INTO|UPDATE|TABLE)\s+"?(\w+)', re.IGNORECASE)
ENDS = "hamlet_ends"  # in a connection's own dictionary


def watch(begin: Begin) -> None:
    """Call `begin` before each statement of every engine of this process, and what it returns after it."""

    def before(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        connection.info[ENDS] = begin(named(statement), connection.dialect.name)

    def after(connection: Connection, *_: Any) -> None:
        if (end := connection.info.pop(ENDS, None)) is not None:
            end(None)

    def failed(about: ExceptionContext) -> None:
        if about.connection is not None and not about.connection.invalidated:
            end = about.connection.info.pop(ENDS, None)
            if end is not None:
                end(type(about.original_exception))

    event.listen(Engine, "before_cursor_execute", before)
    event.listen(Engine, "after_cursor_execute", after)
    event.listen(Engine, "handle_error", failed)


def named(statement: str) -> str:
    """The statement's operation and its first table, if both are ours: any other word might be somebody's."""
    word = FIRST_WORD.match(statement)
    operation = word[1].upper() if word else ""
    if operation not in OPERATIONS:
        return "OTHER"
    tables = (match[1] for match in TABLE.finditer(statement))
    return next((f"{operation} {table}" for table in tables if table in Base.metadata.tables), operation)
