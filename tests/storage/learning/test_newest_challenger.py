"""Which version is promoted when nobody names one."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine

from storage.learning import versions
from storage.models import VersionState
from storage.session import reading, transaction
from tests.storage import given


def newest_challenger(engine: Engine) -> str | None:
    with reading(engine) as session:
        version = versions.newest_challenger(session)
        return version.name if version else None


def test_without_a_champion_the_newest_challenger_is_the_last_registered(engine: Engine) -> None:
    for name in ("v1", "v2"):
        given.version(engine, name, promoted=False)
    assert newest_challenger(engine) == "v2"
    with reading(engine) as session:
        assert [version.name for version in versions.every(session)] == ["v2", "v1"]


@pytest.mark.parametrize(
    ("gate", "taken"),
    [
        ({"passes": True, "figures": {"champion": "v2"}}, "v3"),
        ({"passes": True, "figures": {"champion": "v1"}}, None),
        ({"passes": False}, None),
        (None, None),
    ],
    ids=["passed", "compared with another", "refused", "not compared"],
)
def test_beside_a_champion_only_a_newer_version_that_passed_against_it_needs_no_name(
    engine: Engine, gate: dict[str, Any] | None, taken: str | None
) -> None:
    older = given.version(engine, "v1", promoted=False)
    given.version(engine, "v2")
    newer = given.version(engine, "v3", promoted=False)
    with transaction(engine) as session:
        versions.record_gate_decision(session, older.id, {"passes": True}, VersionState.CHALLENGER)
        if gate is not None:
            versions.record_gate_decision(session, newer.id, gate, VersionState.CHALLENGER)
    assert newest_challenger(engine) == taken


def test_a_version_made_again_has_to_be_named(engine: Engine) -> None:
    given.version(engine)
    with transaction(engine) as session:
        made = versions.named(session, given.version(engine, "v2", promoted=False).name)
        made.provenance = {"like": "v0"}
        versions.record_gate_decision(session, made.id, {"passes": True}, VersionState.CHALLENGER)
    assert newest_challenger(engine) is None
