"""Both databases, quickly, and a visitor at the site."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.review.site import Site
from tests.storage.databases import address, sqlite_address, sqlite_engine

__all__ = ["address", "sqlite_address", "sqlite_engine"]


@pytest.fixture
def stranger(sqlite_address: str) -> Iterator[Site]:
    """Somebody who is not logged in."""
    visitor = Site(sqlite_address)
    yield visitor
    visitor.close()


@pytest.fixture
def site(stranger: Site) -> Site:
    """A moderator who is logged in."""
    stranger.log_in()
    return stranger


@pytest.fixture
def site_on_both(address: str) -> Iterator[Site]:
    """A moderator who is logged in, once on SQLite and once on PostgreSQL."""
    visitor = Site(address)
    visitor.log_in()
    yield visitor
    visitor.close()
