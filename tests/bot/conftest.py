"""Both databases, quickly, and the worlds that stories happen in."""

from __future__ import annotations

from tests.bot.moderators_stories import moderated
from tests.bot.queued import database, queue
from tests.bot.stories import one_telegram, telegram, world
from tests.storage.databases import address, engine, engines, postgresql_engine, sqlite_address, sqlite_engine

__all__ = [
    "address",
    "database",
    "engine",
    "engines",
    "moderated",
    "one_telegram",
    "postgresql_engine",
    "queue",
    "sqlite_address",
    "sqlite_engine",
    "telegram",
    "world",
]
