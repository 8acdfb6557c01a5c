"""Many values as one parameter: a statement reads the same, and costs the same to send, for however many rows.

PostgreSQL takes arrays, SQLite a text of JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Dialect,
    Text,
    TypeDecorator,
    bindparam,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from storage.models import Base


class _Array(ARRAY[int]):
    """PostgreSQL's array of whole numbers, written as its text: the driver would ask of each number what it is."""

    render_bind_cast = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        return lambda numbers: f"{{{','.join(map(str, numbers))}}}"


class Numbers(TypeDecorator[list[int]]):
    """Whole numbers as one parameter."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return _Array(BigInteger()) if dialect.name == "postgresql" else Text()

    def process_bind_param(self, value: Collection[int] | None, dialect: Dialect) -> Any:
        listed = list(value or ())
        return listed if dialect.name == "postgresql" else json.dumps(listed)


class _Among(FunctionElement[bool]):
    """A column and the numbers that it is looked for among."""

    inherit_cache = True
    type = Boolean()


@compiles(_Among)
def _among(element: Any, compiler: Any, **options: Any) -> str:
    column, numbers = (compiler.process(part, **options) for part in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({numbers}))"


@compiles(_Among, "postgresql")
def _among_array(element: Any, compiler: Any, **options: Any) -> str:
    column, numbers = (compiler.process(part, **options) for part in element.clauses)
    return f"{column} = ANY ({numbers})"


def among(
    column: InstrumentedAttribute[int] | InstrumentedAttribute[int | None], numbers: Collection[int]
) -> ColumnElement[bool]:
    """Whether the column holds one of these numbers."""
    return _Among(column, bindparam(None, list(numbers), type_=Numbers()))


def among_given(
    column: InstrumentedAttribute[int] | InstrumentedAttribute[int | None], parameter: str
) -> ColumnElement[bool]:
    """The same in a statement that is made once and given the numbers by this name: making it takes longer than asking."""
    return _Among(column, bindparam(parameter, type_=Numbers()))


def insert_many(
    session: Session,
    table: type[Base],
    columns: Mapping[str, Sequence[Any]],
    returning: tuple[InstrumentedAttribute[int], ...],
) -> list[tuple[Any, ...]]:
    """Insert as many rows as each column has values, at least one. Returns these columns of the new rows."""
    if session.get_bind().dialect.name != "postgresql":
        rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        return [tuple(row) for row in session.execute(insert(table).returning(*returning), rows)]
    kinds = table.__table__.c
    alike = {name for name, values in columns.items() if all(value == values[0] for value in values)}  # sent once
    arrays = {name: literal(values, ARRAY(kinds[name].type)) for name, values in columns.items() if name not in alike}
    arrays = arrays or {name: literal(columns[name], ARRAY(kinds[name].type)) for name in sorted(alike)[:1]}
    new = func.unnest(*arrays.values()).table_valued(*arrays).render_derived(name="new")
    same = {name: literal(columns[name][0], kinds[name].type) for name in columns if name not in arrays}
    source = select(*new.c, *same.values())
    statement = insert(table).from_select([*arrays, *same], source, include_defaults=False)
    return [tuple(row) for row in session.execute(statement.returning(*returning))]
