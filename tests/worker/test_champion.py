"""The version that serves: loaded, swapped after a promotion, never replaced by a damaged one."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from classifier.spam import SpamClassifier
from storage.errors import DatabaseUnreachable
from storage.learning import versions
from storage.models import ModelVersion
from storage.session import open_engine, transaction
from tests import tiny
from tests.conftest import AddVersion
from tests.worker.champions import damage, name, promote
from tests.worker.clock import Clock
from tests.worker.shelf import Shelf
from worker.champion import RETRY_SECONDS, Champion
from worker.models import Models


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


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
    promote(engine, "v1")
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


def test_a_version_that_was_taken_back_gives_way_even_if_the_one_before_it_is_damaged(
    engine: Engine, champion: Champion, models: Path, add_version: AddVersion
) -> None:
    for number in ("v1", "v2", "v3"):
        add_version(engine, number)
    assert name(champion) == "v3"
    damage(models, "v2")
    with transaction(engine) as session:
        versions.roll_back(session, "a test", "it flags too much")
    assert name(champion) == "v1"


def test_a_version_without_room_in_memory_replaces_nothing_and_is_tried_again(
    engine: Engine, models: Path, add_version: AddVersion
) -> None:
    shelf, is_full, clock = Shelf(), True, Clock()

    def load(directory: Path, precision: str, registered: str | None) -> SpamClassifier:
        if directory.name == "v2" and is_full:
            raise MemoryError
        return shelf.load(directory, precision, registered)

    champion = Champion(engine, Models(models, "fp32", load), clock)
    add_version(engine, "v1")
    assert name(champion) == "v1"
    add_version(engine, "v2")
    assert name(champion) == "v1"
    is_full = False
    assert name(champion) == "v1", "not with every batch"
    clock.now += RETRY_SECONDS
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
        Champion(away, Models(models, "fp32")).current()
    away.dispose()
