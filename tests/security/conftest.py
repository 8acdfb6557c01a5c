"""The worlds that stories happen in, both databases, and a home to back up."""

from __future__ import annotations

from tests.bot.stories import one_telegram, telegram, world
from tests.cli.conftest import home, version
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
    "version",
    "world",
]
