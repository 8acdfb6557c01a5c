"""Both databases, quickly, and a visitor at the site."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from tests.review.site import Site, site_on
from tests.review.versions import add
from tests.storage.databases import address, engine, engines, postgresql_engine, sqlite_address, sqlite_engine

__all__ = ["address", "engine", "engines", "postgresql_engine", "sqlite_address", "sqlite_engine"]

Apps = dict[str, FastAPI]


@pytest.fixture(scope="package")
def apps() -> Iterator[Apps]:
    """The sites by the kind of their database."""
    made: Apps = {}
    yield made
    for app in made.values():
        app.state.engine.dispose()


def visitor(apps: Apps, engine: Engine) -> Site:
    kind = engine.dialect.name
    if kind not in apps:
        apps[kind] = site_on(engine.url.render_as_string(hide_password=False))
    return Site(apps[kind], engine)


@pytest.fixture
def stranger(apps: Apps, sqlite_engine: Engine) -> Iterator[Site]:
    """Somebody who is not logged in."""
    somebody = visitor(apps, sqlite_engine)
    with somebody.client:
        yield somebody


@pytest.fixture
def site(stranger: Site) -> Site:
    """A moderator who is logged in."""
    stranger.log_in()
    return stranger


@pytest.fixture
def site_on_both(apps: Apps, engine: Engine) -> Iterator[Site]:
    """A moderator who is logged in, once on SQLite and once on PostgreSQL."""
    somebody = visitor(apps, engine)
    with somebody.client:
        somebody.log_in()
        yield somebody


@pytest.fixture
def two(site: Site) -> Site:
    """v1 served, v2 serves."""
    add(site, "v1", promoted=True)
    add(site, "v2", promoted=True)
    return site
