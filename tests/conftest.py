"""What tests share: both databases, a broker, small model versions."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

# Two workers and the processes they start share the cores: a thread that waits for another sleeps instead of spinning.
# Read when torch is loaded, hence before everything that may load it.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import pytest
import structlog
from sqlalchemy import Engine, text

from classifier import checkpoint, files
from classifier.checkpoint import Checkpoint
from storage.learning import versions
from storage.learning.versions import NewVersion
from storage.models import ModelVersion
from storage.session import open_engine, transaction
from tests import fresh, long_files, tiny
from tests.servers import Broker, Postgres


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest come first, so that no worker has one left when the other is done."""
    for item in items:
        if long_files.place(item.path) < len(long_files.LONG):
            item.add_marker("long")
    items.sort(key=lambda item: long_files.place(item.path))


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test reads this machine's settings or writes into its folders, and none sees a .env file."""

    for name in [name for name in os.environ if name.startswith("HAMLET_") and name != "HAMLET_CACHE"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HAMLET_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NO_PROXY", f"127.0.0.1,localhost,{os.environ.get('NO_PROXY', '')}")  # the fakes stand here
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """What a test sets up to log with ends with it, and so does the stream it was given."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server of our own, for the whole session.

    Not in pytest's folder: started by root it runs as another user, whom the next pytest session would shut out there.
    """
    with tempfile.TemporaryDirectory(prefix="hamlet-postgres-") as folder, Postgres(Path(folder)) as server:
        yield server


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """A Valkey server of our own on a unix socket."""
    with Broker() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty, migrated database: each test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return fresh.sqlite(tmp_path / "test.sqlite3")
    found: str = request.getfixturevalue("postgres").migrated_database()
    return found


@pytest.fixture
def engine(address: str) -> Iterator[Engine]:
    opened = open_engine(address)
    yield opened
    opened.dispose()


@pytest.fixture
def sqlite_engine(tmp_path: Path) -> Iterator[Engine]:
    """A migrated SQLite database, for tests where the kind of database does not matter."""
    opened = open_engine(fresh.sqlite(tmp_path / "only.sqlite3"))
    yield opened
    opened.dispose()


@pytest.fixture
def postgres_engine(postgres: Postgres) -> Iterator[Engine]:
    """A migrated PostgreSQL database, for tests of what happens at once; such a test says postgresql in its name."""
    opened = open_engine(postgres.migrated_database())
    yield opened
    opened.dispose()


AddVersion = Callable[..., ModelVersion]


def store_version(
    engine: Engine, models: Path, name: str = "v1", promoted: bool = True, made: Checkpoint | None = None
) -> ModelVersion:
    """Save a small model version under `models`, register it and, unless told not to, promote it."""
    made = made or tiny.checkpoint()
    checkpoint.save(made, models / name)
    thresholds, manifest_hash = made.thresholds, files.manifest_hash(models / name)
    new = NewVersion(name, thresholds.review, thresholds.act, "0" * 64, made.metrics, manifest_hash=manifest_hash)
    with transaction(engine) as session:
        version = versions.register(session, new)
        return versions.promote(session, name, "a test") if promoted else version


@pytest.fixture
def add_version(tmp_path: Path) -> AddVersion:
    """`store_version` under `<tmp_path>/home/models`, unless told another folder."""

    def add(
        engine: Engine,
        name: str = "v1",
        promoted: bool = True,
        models: Path | None = None,
        made: Checkpoint | None = None,
    ) -> ModelVersion:
        return store_version(engine, models or tmp_path / "home" / "models", name, promoted, made)

    return add


def count(engine: Engine, table: str, where: str = "true") -> int:
    """Rows of a table, for assertions."""
    with engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table} WHERE {where}")).scalar_one())
