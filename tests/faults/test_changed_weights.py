"""Weights that somebody writes to while they are served: parts of them are mapped, so the version is dropped before the next text."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine

from classifier.files import FILES
from tests import tiny
from tests.conftest import AddVersion
from tests.worker.champions import name
from tests.worker.clock import Clock
from worker.champion import RETRY_SECONDS, Champion
from worker.models import Models

TRUNK = FILES[0]


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "home" / "models"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def champion(sqlite_engine: Engine, models: Path, clock: Clock) -> Champion:
    return Champion(sqlite_engine, Models(models, "fp32"), clock)


def write_into(path: Path) -> None:
    """Change one byte where the file lies."""
    with path.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\0" if path.read_bytes()[-1:] != b"\0" else b"\1")


def test_a_version_whose_weights_are_written_to_gives_way_to_the_one_before(
    sqlite_engine: Engine, champion: Champion, models: Path, add_version: AddVersion
) -> None:
    for number in ("v1", "v2"):
        add_version(sqlite_engine, number, made=tiny.checkpoint(seed=int(number[1])))
    assert name(champion) == "v2"
    write_into(models / "v2" / TRUNK)
    assert name(champion) == "v1"


def test_the_only_version_serves_no_more_until_its_weights_are_put_back(
    sqlite_engine: Engine, champion: Champion, models: Path, clock: Clock, add_version: AddVersion
) -> None:
    add_version(sqlite_engine)
    kept = Path(shutil.copy(models / "v1" / TRUNK, models.parent / "kept"))
    assert name(champion) == "v1"
    write_into(models / "v1" / TRUNK)
    assert name(champion) is None
    shutil.copyfile(kept, models / "v1" / TRUNK)
    clock.now = RETRY_SECONDS
    assert name(champion) == "v1"


def test_a_version_whose_files_are_deleted_or_replaced_serves_on(
    sqlite_engine: Engine, champion: Champion, models: Path, add_version: AddVersion
) -> None:
    add_version(sqlite_engine)
    serving = champion.current()
    shutil.copyfile(models / "v1" / TRUNK, models / "another")
    (models / "another").replace(models / "v1" / TRUNK)
    assert champion.current() is serving, "what is mapped is the old file"
    shutil.rmtree(models / "v1")
    assert champion.current() is serving
