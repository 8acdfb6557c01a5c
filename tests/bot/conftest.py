"""Both databases, quickly."""

from __future__ import annotations

from tests.bot.stories import one_telegram, telegram, world
from tests.storage.databases import address, engine, engines, postgresql_engine, sqlite_address, sqlite_engine

__all__ = [
    "address",
    "engine",
    "engines",
    "one_telegram",
    "postgresql_engine",
    "sqlite_address",
    "sqlite_engine",
    "telegram",
    "world",
]
