"""Which version is gone back to, and what was undone since the promotion."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from storage.errors import NothingToRollBackTo, VersionPruned
from storage.learning import pruning, track_record, versions
from storage.models import VersionState, now
from storage.session import reading, transaction
from tests.storage import given
from tests.storage.learning.serving import fallbacks, promote


def test_fallbacks_are_those_that_served_the_latest_first(engine: Engine) -> None:
    for name in ("v1", "v2", "v3"):
        given.version(engine, name)
    given.version(engine, "v4", promoted=False)
    promote(engine, "v1")
    assert fallbacks(engine) == ["v3", "v2"]


def test_a_pruned_version_is_no_fallback(engine: Engine) -> None:
    for name in ("v1", "v2"):
        given.version(engine, name)
    with transaction(engine) as session:
        pruning.mark(versions.named(session, "v1"))
    assert fallbacks(engine) == []


def test_only_a_whole_version_is_gone_back_to(engine: Engine) -> None:
    for name in ("v1", "v2", "v3"):
        given.version(engine, name)
    with transaction(engine) as session:
        assert versions.roll_back(session, "ann", "\ud800", lambda version: version.name != "v2").name == "v1"
        assert "rolled_back_because" in (versions.named(session, "v3").gate or {})
    with transaction(engine) as session, pytest.raises(NothingToRollBackTo):
        versions.roll_back(session, "ann", "", lambda _: False)


def test_rolling_back_serves_the_version_before_and_refuses_the_champion(engine: Engine) -> None:
    for name in ("v1", "v2"):
        given.version(engine, name)
    with transaction(engine) as session:
        assert versions.roll_back(session, "ann", "too strict").name == "v1"
    with reading(engine) as session:
        refused = versions.named(session, "v2")
    assert refused.state == VersionState.REJECTED
    assert refused.gate == {"rolled_back_by": "ann", "rolled_back_because": "too strict"}


def test_what_was_rolled_back_is_not_what_is_rolled_back_to(engine: Engine) -> None:
    for name in ("v1", "v2", "v3"):
        given.version(engine, name)
    for expected in ("v2", "v1"):
        with transaction(engine) as session:
            assert versions.roll_back(session, "ann", "").name == expected
    with transaction(engine) as session, pytest.raises(NothingToRollBackTo):
        versions.roll_back(session, "ann", "")


def test_a_version_without_files_cannot_be_promoted(engine: Engine) -> None:
    given.version(engine, promoted=False)
    with transaction(engine) as session:
        pruning.mark(versions.named(session, "v1"))
        with pytest.raises(VersionPruned, match="v1"):
            versions.promote(session, "v1", "ann")


def test_a_flag_that_moderators_undid_counts_once_and_only_since_the_promotion(engine: Engine) -> None:
    model = given.version(engine)
    verdict_id = given.verdict(engine, model)
    for who in ("ann", "bob"):
        given.corrected(engine, verdict_id, who, False)
    with reading(engine) as session:
        assert track_record.false_positives_since_promotion(session, versions.named(session, "v1")) == 1
    with transaction(engine) as session:
        versions.named(session, "v1").promoted_at = now() + timedelta(seconds=1)
    with reading(engine) as session:
        assert track_record.false_positives_since_promotion(session, versions.named(session, "v1")) == 0


def test_a_version_serves_again_because_the_one_after_it_was_taken_back(engine: Engine) -> None:
    for name in ("v1", "v2"):
        given.version(engine, name)

    def was_brought_back(name: str) -> bool:
        with reading(engine) as session:
            return track_record.was_brought_back(session, versions.named(session, name))

    assert not was_brought_back("v2")
    with transaction(engine) as session:
        versions.roll_back(session, "ann", "it hits ham")
    assert was_brought_back("v1")
    given.version(engine, "v3")
    assert not was_brought_back("v3")
