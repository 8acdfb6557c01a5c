"""Every route of the site, whatever router it comes from, and every row behind it."""

from __future__ import annotations

import re

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from sqlalchemy import Engine, select

from storage.models import Base


def paths(app: FastAPI, method: str) -> set[str]:
    """The paths, with their parameters' names, that answer that method."""
    return {str(route.path) for route in iter_route_contexts(app.routes) if method in (route.methods or ())}


def filled(path: str) -> str:
    """A path with 1 for each of its parameters."""
    return re.sub(r"\{[^}]*\}", "1", path)


def rows(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables, by the table's name."""
    with engine.connect() as connection:
        tables = Base.metadata.sorted_tables
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr) for table in tables
        }
