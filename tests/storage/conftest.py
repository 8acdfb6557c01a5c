"""Both databases, quickly."""

from __future__ import annotations

from tests.storage.databases import address, engine, engines, postgresql_engine, sqlite_address, sqlite_engine

__all__ = ["address", "engine", "engines", "postgresql_engine", "sqlite_address", "sqlite_engine"]
