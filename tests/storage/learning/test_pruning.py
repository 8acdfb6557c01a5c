"""The old versions are kept for a while."""

from __future__ import annotations

from sqlalchemy import Engine

from storage.learning import pruning, versions
from storage.session import transaction
from tests.storage import given
from tests.storage.learning.serving import prunable


def test_the_newest_five_the_champion_and_the_one_before_it_are_kept(engine: Engine) -> None:
    for name in ("v1", "v2", "v3"):
        given.version(engine, name)
    for number in range(4, 10):
        given.version(engine, f"v{number}", promoted=False)
    assert prunable(engine) == ["v1", "v4"]


def test_a_version_in_shadow_is_kept(engine: Engine) -> None:
    given.in_shadow(engine, "v1")
    for number in range(2, 8):
        given.version(engine, f"v{number}", promoted=False)
    assert prunable(engine) == ["v2"]


def test_nothing_is_pruned_twice(engine: Engine) -> None:
    for number in range(1, 8):
        given.version(engine, f"v{number}", promoted=False)
    assert prunable(engine) == ["v1", "v2"]
    with transaction(engine) as session:
        pruning.mark(versions.named(session, "v1"))
    assert prunable(engine) == ["v2"]
