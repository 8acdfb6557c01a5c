"""The challenger in shadow: loaded beside the champion, never before it and never a third."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from storage.models import VersionState
from tests.conftest import AddVersion
from tests.storage import given
from tests.worker.champions import both, damage, name, promote
from tests.worker.clock import Clock
from tests.worker.shelf import Shelf
from worker.champion import RETRY_SECONDS, Champion
from worker.models import Models


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


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
def test_a_shadow_that_fails_to_load_for_any_reason_is_tried_again_later(engine: Engine, models: Path) -> None:
    exhausted, clock = Shelf(too_much=2), Clock()
    champion = Champion(engine, Models(models, "fp32", exhausted.load), clock)
    assert both(champion) == ("v1", None)
    assert both(champion) == ("v1", None)
    assert exhausted.loads == ["v1", "v2"]
    clock.now += RETRY_SECONDS
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
