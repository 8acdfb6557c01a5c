"""Both databases, quickly."""

from __future__ import annotations

import pytest
import structlog
from structlog.dev import ConsoleRenderer, plain_traceback

from tests.storage.databases import address, engine, engines, postgresql_engine, sqlite_address, sqlite_engine

__all__ = ["address", "engine", "engines", "postgresql_engine", "sqlite_address", "sqlite_engine"]


@pytest.fixture(autouse=True, scope="package")
def plain_tracebacks() -> None:
    """Logged tracebacks without local variables, whose drawing takes half a second."""
    structlog.configure(
        processors=[structlog.processors.add_log_level, ConsoleRenderer(exception_formatter=plain_traceback)]
    )
