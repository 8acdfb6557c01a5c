"""A program with every scope, on one database and on both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest
from sqlalchemy import Engine

from storage.models import Scope
from tests.review.api.program import ALL, Program
from tests.review.conftest import Apps, apps
from tests.review.site import site_on
from tests.storage.databases import address, engine, engines, postgresql_engine, sqlite_address, sqlite_engine

__all__ = ["address", "apps", "engine", "engines", "postgresql_engine", "sqlite_address", "sqlite_engine"]

Join = Callable[..., Program]


def on(apps: Apps, engine: Engine, name: str, scopes: Sequence[Scope], rate: int = 10_000) -> Program:
    kind = engine.dialect.name
    if kind not in apps:
        apps[kind] = site_on(engine.url.render_as_string(hide_password=False))
    return Program(apps[kind], engine, name, scopes, rate)


@pytest.fixture
def join(apps: Apps, sqlite_engine: Engine) -> Join:
    """Another program, with scopes of its own."""

    def another(name: str, *scopes: Scope, rate: int = 10_000) -> Program:
        return on(apps, sqlite_engine, name, scopes, rate)

    return another


@pytest.fixture
def program(apps: Apps, sqlite_engine: Engine) -> Iterator[Program]:
    opened = on(apps, sqlite_engine, "forum", ALL)
    with opened.client:
        yield opened


@pytest.fixture
def program_on_both(apps: Apps, engine: Engine) -> Iterator[Program]:
    """The same, once on SQLite and once on PostgreSQL."""
    opened = on(apps, engine, "forum", ALL)
    with opened.client:
        yield opened
