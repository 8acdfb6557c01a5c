"""Whatever happens to model versions in whatever order, a worker that looks holds what the database says, never three."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as examples
from hypothesis import strategies as st
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from storage.learning import versions
from storage.models import ModelVersion, VersionState
from storage.session import transaction
from tests.conftest import AddVersion
from tests.worker.shelf import Shelf
from worker.champion import Champion
from worker.models import Models, Serving

pytestmark = pytest.mark.stories

NAMES = ("v1", "v2", "v3")
Step = Callable[[Session, str], None]


@pytest.fixture
def engine(sqlite_engine: Engine, add_version: AddVersion) -> Engine:
    for name in NAMES:
        add_version(sqlite_engine, name, promoted=False)
    return sqlite_engine


def follows(session: Session, name: str) -> None:
    """The version is in shadow now, instead of another; the champion cannot be."""
    version, before = versions.named(session, name), versions.shadow(session)
    if version.state == VersionState.CHAMPION:
        return
    if before is not None:
        before.state = VersionState.CHALLENGER
        session.flush()
    version.state = VersionState.SHADOW


def promoted(session: Session, name: str) -> None:
    versions.promote(session, name, "a test")


def retired(session: Session, name: str) -> None:
    """The version ends, unless it serves."""
    version = versions.named(session, name)
    if version.state != VersionState.CHAMPION:
        version.state = VersionState.RETIRED


def names(session: Session) -> list[str | None]:
    return [version and version.name for version in (versions.champion(session), versions.shadow(session))]


steps = st.sampled_from([follows, promoted, retired])
looks = st.sampled_from(["none", "serve", "serve and follow"])


def name_of(serving: Serving | None) -> str | None:
    return serving and serving.name


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@examples(st.lists(st.tuples(steps, st.sampled_from(NAMES), looks), max_size=8))
def test_after_any_order_of_changes_the_slots_agree_with_the_database(
    engine: Engine, tmp_path: Path, changes: list[tuple[Step, str, str]]
) -> None:
    with transaction(engine) as session:
        session.execute(update(ModelVersion).values(state=VersionState.CHALLENGER, promoted_at=None))
    shelf = Shelf()
    champion = Champion(engine, Models(tmp_path / "home" / "models", "fp32", shelf.load))
    for step, name, look in [*changes, (follows, "v1", "serve and follow")]:
        with transaction(engine) as session:
            step(session, name)
            wanted = names(session)
        if look != "none":
            assert name_of(champion.current()) == wanted[0]
        if look == "serve and follow":
            assert name_of(champion.shadow()) == wanted[1]
    assert shelf.most <= 2
    assert shelf.alive() == sorted(name for name in wanted if name)
