"""Both databases, quickly, and the versions that a worker has loaded."""

from __future__ import annotations

from pathlib import Path

import pytest
import structlog
from sqlalchemy import Engine
from structlog.dev import ConsoleRenderer, plain_traceback

from storage.models import ModelVersion
from tests.conftest import AddVersion
from tests.storage import given
from tests.storage.databases import address, engine, engines, postgresql_engine, sqlite_address, sqlite_engine
from tests.worker.rescanned import serve
from tests.worker.shelf import Shelf
from worker.champion import Champion
from worker.models import Models, Serving

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


@pytest.fixture
def before(engine: Engine) -> ModelVersion:
    """The version that judged three messages ham."""
    version = given.version(engine, "v1")
    for n in (1, 2, 3):
        given.verdict(engine, version, given.incoming(f"cheap flats {n}", n), 0.1)
    return version


@pytest.fixture
def serving(engine: Engine, before: ModelVersion, add_version: AddVersion, champion: Champion) -> Serving:
    """A version that flags everything."""
    return serve(engine, add_version, champion, "v2")
