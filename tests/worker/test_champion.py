"""The version that serves: loaded, swapped after a promotion, never replaced by a damaged one."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from classifier.checkpoint import FILES
from storage.errors import DatabaseUnreachable
from storage.models import ModelVersion
from storage.queries import versions
from storage.session import open_engine, transaction
from tests import tiny
from tests.conftest import AddVersion
from worker.champion import Champion


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "home" / "models"


@pytest.fixture
def champion(engine: Engine, models: Path) -> Champion:
    return Champion(engine, models, "fp32")


def damage(models: Path, name: str) -> None:
    """One byte of the weights is wrong."""
    path = models / name / FILES[1]
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def name(champion: Champion) -> str | None:
    serving = champion.current()
    return serving.name if serving else None


def test_without_a_promoted_version_nothing_serves(engine: Engine, champion: Champion, add_version: AddVersion) -> None:
    add_version(engine, "v1", promoted=False)
    assert champion.current() is None


def test_the_champion_is_loaded(engine: Engine, champion: Champion, add_version: AddVersion) -> None:
    version: ModelVersion = add_version(engine, "v1", made=tiny.checkpoint(review=0.25))
    serving = champion.current()
    assert serving is not None
    assert (serving.version_id, serving.name) == (version.id, "v1")
    assert serving.classifier.thresholds.review == 0.25
    assert 0 <= serving.classifier.score(["hello"])[0] <= 1


def test_it_is_loaded_once(engine: Engine, champion: Champion, add_version: AddVersion) -> None:
    add_version(engine)
    assert champion.current() is champion.current()


def test_a_promotion_is_noticed(engine: Engine, champion: Champion, add_version: AddVersion) -> None:
    add_version(engine, "v1")
    assert name(champion) == "v1"
    add_version(engine, "v2")
    assert name(champion) == "v2"


def test_a_rollback_is_noticed(engine: Engine, champion: Champion, add_version: AddVersion) -> None:
    for number in ("v1", "v2"):
        add_version(engine, number)
    assert name(champion) == "v2"
    with transaction(engine) as session:
        versions.promote(session, "v1", "a test")
    assert name(champion) == "v1"


def test_a_damaged_promoted_version_does_not_replace_the_one_that_serves(
    engine: Engine, champion: Champion, models: Path, add_version: AddVersion
) -> None:
    add_version(engine, "v1")
    serving = champion.current()
    add_version(engine, "v2")
    damage(models, "v2")
    assert champion.current() is serving
    assert champion.current() is serving


def test_a_whole_version_after_a_damaged_one_serves(
    engine: Engine, champion: Champion, models: Path, add_version: AddVersion
) -> None:
    add_version(engine, "v1")
    damage(models, "v1")
    assert champion.current() is None
    add_version(engine, "v2")
    assert name(champion) == "v2"


def test_at_the_start_a_damaged_champion_gives_way_to_the_version_before_it(
    engine: Engine, champion: Champion, models: Path, add_version: AddVersion
) -> None:
    for number in ("v1", "v2", "v3"):
        add_version(engine, number)
    damage(models, "v3")
    assert name(champion) == "v2"


def test_a_missing_directory_gives_way_too(
    engine: Engine, champion: Champion, models: Path, add_version: AddVersion
) -> None:
    for number in ("v1", "v2"):
        add_version(engine, number)
    (models / "v2").rename(models / "elsewhere")
    assert name(champion) == "v1"


def test_with_every_version_damaged_nothing_serves(
    engine: Engine, champion: Champion, models: Path, add_version: AddVersion
) -> None:
    for number in ("v1", "v2"):
        add_version(engine, number)
        damage(models, number)
    assert champion.current() is None


def test_a_database_that_is_away_is_said(models: Path) -> None:
    away = open_engine("postgresql+psycopg://u@127.0.0.1:1/x")
    with pytest.raises(DatabaseUnreachable):
        Champion(away, models, "fp32").current()
    away.dispose()
