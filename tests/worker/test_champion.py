"""The version that serves: loaded, swapped after a promotion, never replaced by a damaged one."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import Engine

from classifier.files import FILES
from classifier.spam import SpamClassifier
from storage.errors import DatabaseUnreachable
from storage.learning import versions
from storage.models import ModelVersion, VersionState
from storage.session import open_engine, transaction
from tests import tiny
from tests.conftest import AddVersion
from tests.storage import given
from tests.worker.shelf import Shelf
from worker.champion import RETRY_SECONDS, Champion
from worker.models import Models, Serving


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "home" / "models"


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def champion(engine: Engine, models: Path, shelf: Shelf) -> Champion:
    return Champion(engine, Models(models, "fp32", shelf.load))


def damage(models: Path, name: str) -> None:
    """One byte of the weights is wrong."""
    path = models / name / FILES[1]
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def promote(engine: Engine, version: str) -> None:
    with transaction(engine) as session:
        versions.promote(session, version, "a test")


def name(champion: Champion) -> str | None:
    serving = champion.current()
    return serving.name if serving else None


def both(champion: Champion) -> tuple[str | None, str | None]:
    """What serves and what is in shadow, after a look at the database."""
    found: list[Serving | None] = [champion.current(), champion.shadow()]
    serving, in_shadow = (one and one.name for one in found)
    return serving, in_shadow


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
    engine: Engine, models: Path, add_version: AddVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf, is_full = Shelf(), True

    def load(directory: Path, precision: str) -> SpamClassifier:
        if directory.name == "v2" and is_full:
            raise MemoryError
        return shelf.load(directory, precision)

    champion = Champion(engine, Models(models, "fp32", load))
    add_version(engine, "v1")
    assert name(champion) == "v1"
    add_version(engine, "v2")
    assert name(champion) == "v1"
    is_full = False
    assert name(champion) == "v1", "not with every batch"
    later = time.monotonic() + RETRY_SECONDS
    monkeypatch.setattr(time, "monotonic", lambda: later)
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


# The shadow


@pytest.fixture
def shadowed(engine: Engine, add_version: AddVersion) -> None:
    """v1 serves, v2 is in its shadow."""
    add_version(engine, "v1")
    add_version(engine, "v2", promoted=False)
    given.in_shadow(engine, "v2")


def test_a_challenger_that_waits_is_not_loaded(
    engine: Engine, champion: Champion, shelf: Shelf, add_version: AddVersion
) -> None:
    add_version(engine, "v1")
    add_version(engine, "v2", promoted=False)
    assert both(champion) == ("v1", None)
    assert shelf.loads == ["v1"]


@pytest.mark.usefixtures("shadowed")
def test_a_shadow_is_loaded_beside_the_champion_and_not_before_it_is_asked_for(
    champion: Champion, shelf: Shelf
) -> None:
    assert name(champion) == "v1"
    assert shelf.loads == ["v1"]
    assert both(champion) == ("v1", "v2")
    assert both(champion) == ("v1", "v2")
    assert shelf.loads == ["v1", "v2"]


@pytest.mark.usefixtures("shadowed")
def test_a_promoted_shadow_serves_as_it_is_loaded(engine: Engine, champion: Champion, shelf: Shelf) -> None:
    both(champion)
    in_shadow = champion.shadow()
    promote(engine, "v2")
    assert champion.current() is in_shadow
    assert champion.shadow() is None
    assert shelf.loads == ["v1", "v2"]
    assert shelf.alive() == ["v2"]


@pytest.mark.usefixtures("shadowed")
def test_a_shadow_that_ended_is_let_go(engine: Engine, champion: Champion, shelf: Shelf) -> None:
    both(champion)
    given.state(engine, "v2", VersionState.REJECTED)
    assert both(champion) == ("v1", None)
    assert shelf.alive() == ["v1"]


@pytest.mark.usefixtures("shadowed")
def test_a_shadow_that_another_follows_is_let_go_before_that_is_loaded(
    engine: Engine, champion: Champion, shelf: Shelf, add_version: AddVersion
) -> None:
    both(champion)
    add_version(engine, "v3", promoted=False)
    given.state(engine, "v2", VersionState.REJECTED)
    given.in_shadow(engine, "v3")
    assert both(champion) == ("v1", "v3")
    assert shelf.most == 2


@pytest.mark.usefixtures("shadowed")
def test_promoting_another_version_leaves_the_shadow_in_shadow_and_never_loads_three(
    engine: Engine, champion: Champion, shelf: Shelf, add_version: AddVersion
) -> None:
    both(champion)
    add_version(engine, "v3")
    assert both(champion) == ("v3", "v2")
    assert shelf.most == 2


@pytest.mark.usefixtures("shadowed")
def test_a_champion_that_becomes_the_shadow_is_not_loaded_again(
    engine: Engine, champion: Champion, shelf: Shelf
) -> None:
    both(champion)
    promote(engine, "v2")
    given.in_shadow(engine, "v1")
    assert both(champion) == ("v2", "v1")
    assert shelf.loads == ["v1", "v2"]


@pytest.mark.usefixtures("shadowed")
def test_a_damaged_shadow_is_refused_once_and_the_champion_serves_on(
    champion: Champion, models: Path, shelf: Shelf
) -> None:
    damage(models, "v2")
    serving = champion.current()
    for _ in range(3):
        assert champion.current() is serving
        assert champion.shadow() is None
    assert shelf.loads == ["v1", "v2"]


@pytest.mark.usefixtures("shadowed")
def test_a_shadow_that_fails_to_load_for_any_reason_is_tried_again_later(
    engine: Engine, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exhausted = Shelf(too_much=2)
    champion = Champion(engine, Models(models, "fp32", exhausted.load))
    assert both(champion) == ("v1", None)
    assert both(champion) == ("v1", None)
    assert exhausted.loads == ["v1", "v2"]
    later = time.monotonic() + RETRY_SECONDS
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert both(champion) == ("v1", None)
    assert exhausted.loads == ["v1", "v2", "v2"]


@pytest.mark.usefixtures("shadowed")
def test_a_refused_shadow_that_is_promoted_is_tried_again(engine: Engine, champion: Champion, models: Path) -> None:
    (models / "v2").rename(models / "elsewhere")
    assert both(champion) == ("v1", None)
    (models / "elsewhere").rename(models / "v2")
    promote(engine, "v2")
    assert both(champion) == ("v2", None)


def test_what_serves_in_a_damaged_champions_place_is_not_its_own_shadow(
    engine: Engine, champion: Champion, models: Path, add_version: AddVersion
) -> None:
    for number in ("v1", "v2"):
        add_version(engine, number)
    damage(models, "v2")
    assert name(champion) == "v1"
    given.in_shadow(engine, "v1")
    assert both(champion) == ("v1", None)


def test_a_shadow_alone_serves_nothing(engine: Engine, champion: Champion, add_version: AddVersion) -> None:
    add_version(engine, "v1", promoted=False)
    given.in_shadow(engine, "v1")
    assert champion.current() is None
