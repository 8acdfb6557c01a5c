"""Both databases, quickly."""

from __future__ import annotations

from tests.storage.databases import address, sqlite_address, sqlite_engine

__all__ = ["address", "sqlite_address", "sqlite_engine"]
