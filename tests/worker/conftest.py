"""Both databases, quickly, and the versions that a worker has loaded."""

from __future__ import annotations

from pathlib import Path

import pytest
import structlog
from sqlalchemy import Engine
from structlog.dev import ConsoleRenderer, plain_traceback

from tests.storage.databases import address, engine, engines, postgresql_engine, sqlite_address, sqlite_engine
from tests.worker.shelf import Shelf
from worker.champion import Champion
from worker.models import Models

__all__ = ["address", "engine", "engines", "postgresql_engine", "sqlite_address", "sqlite_engine"]


@pytest.fixture(autouse=True, scope="package")
def plain_tracebacks() -> None:
    """Logged tracebacks without local variables, whose drawing takes half a second."""
    structlog.configure(
        processors=[structlog.processors.add_log_level, ConsoleRenderer(exception_formatter=plain_traceback)]
    )


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "home" / "models"


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def champion(engine: Engine, models: Path, shelf: Shelf) -> Champion:
    return Champion(engine, Models(models, "fp32", shelf.load))
