"""The worlds that stories happen in, both databases, and a home to back up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.bot.stories import one_telegram, telegram, world
from tests.cli.conftest import home, terminal, version
from tests.review.site import Site, site_on
from tests.storage.databases import address, engine, engines, postgresql_engine, sqlite_address, sqlite_engine

__all__ = [
    "address",
    "engine",
    "engines",
    "home",
    "one_telegram",
    "postgresql_engine",
    "sqlite_address",
    "sqlite_engine",
    "telegram",
    "terminal",
    "version",
    "world",
]


@pytest.fixture
def site(sqlite_engine: Engine) -> Iterator[Site]:
    """An operator who is logged in at the site."""
    app = site_on(str(sqlite_engine.url))
    visitor = Site(app, sqlite_engine)
    visitor.log_in()
    with visitor.client:
        yield visitor
    app.state.engine.dispose()
