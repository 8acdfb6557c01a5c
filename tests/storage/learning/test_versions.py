"""Model versions: one champion at a time, the old ones kept for a while."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from storage.errors import NothingToRollBackTo, UnknownVersion, VersionPruned
from storage.learning import pruning, track_record, versions
from storage.models import ModelVersion, VersionState, now
from storage.session import reading, transaction
from tests.storage import given


def promote(engine: Engine, name: str) -> None:
    with transaction(engine) as session:
        versions.promote(session, name, "a test")


def champion(engine: Engine) -> str | None:
    with reading(engine) as session:
        found = versions.champion(session)
        return found.name if found else None


def shadow(engine: Engine) -> str | None:
    with reading(engine) as session:
        found = versions.shadow(session)
        return found.name if found else None


def prunable(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return sorted(version.name for version in pruning.prunable(session))


def fallbacks(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return [version.name for version in versions.fallbacks(session)]


def row(**values: object) -> ModelVersion:
    known = {"review_threshold": 0.5, "act_threshold": 0.9, "examples_hash": "", "metrics": {}}
    return ModelVersion(**known | values)


def test_a_registered_version_is_a_challenger(engine: Engine) -> None:
    assert given.version(engine, promoted=False).state == VersionState.CHALLENGER
    assert champion(engine) is None


def test_promotion_retires_the_champion_before(engine: Engine) -> None:
    for name in ("v1", "v2"):
        given.version(engine, name)
    assert champion(engine) == "v2"
    assert given.values(engine, ModelVersion.state) == [VersionState.RETIRED, VersionState.CHAMPION]


def test_promotion_says_when_and_by_whom(engine: Engine) -> None:
    promoted = given.version(engine)
    assert promoted.promoted_by == "a test"
    assert promoted.promoted_at is not None


def test_promoting_the_champion_again_changes_nothing(engine: Engine) -> None:
    first = given.version(engine).promoted_at
    promote(engine, "v1")
    assert given.values(engine, ModelVersion.promoted_at) == [first]


def test_a_retired_version_can_be_promoted_again(engine: Engine) -> None:
    for name in ("v1", "v2"):
        given.version(engine, name)
    promote(engine, "v1")
    assert champion(engine) == "v1"
    assert fallbacks(engine) == ["v2"]


def test_an_unknown_version_is_not_promoted(engine: Engine) -> None:
    given.version(engine)
    with pytest.raises(UnknownVersion, match="no model version 'v9'"):
        promote(engine, "v9")
    assert champion(engine) == "v1"


def test_the_database_refuses_a_second_champion(engine: Engine) -> None:
    given.version(engine)
    with pytest.raises(IntegrityError), transaction(engine) as session:
        session.add(row(name="v2", state=VersionState.CHAMPION))


def test_the_database_refuses_a_second_version_of_a_name(engine: Engine) -> None:
    given.version(engine)
    with pytest.raises(IntegrityError):
        given.version(engine, "v1", promoted=False)


def test_many_versions_may_be_retired(engine: Engine) -> None:
    with transaction(engine) as session:
        session.add_all(row(name=name, state=VersionState.RETIRED) for name in ("v1", "v2"))
    assert given.values(engine, ModelVersion.state) == [VersionState.RETIRED, VersionState.RETIRED]


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


def newest_challenger(engine: Engine) -> str | None:
    with reading(engine) as session:
        found = versions.newest_challenger(session)
        return found.name if found else None


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


def test_only_a_whole_version_is_gone_back_to(engine: Engine) -> None:
    for name in ("v1", "v2", "v3"):
        given.version(engine, name)
    with transaction(engine) as session:
        assert versions.roll_back(session, "ann", "\ud800", lambda name: name != "v2").name == "v1"
        assert "rolled_back_because" in (versions.named(session, "v3").gate or {})
    with transaction(engine) as session, pytest.raises(NothingToRollBackTo):
        versions.roll_back(session, "ann", "", lambda _: False)


def test_the_next_number_is_unused(engine: Engine) -> None:
    with reading(engine) as session:
        assert versions.next_number(session) == 1
    given.version(engine)
    with reading(engine) as session:
        assert versions.next_number(session) == 2


def test_the_shadow_is_the_version_in_that_state(engine: Engine) -> None:
    given.version(engine, "v1")
    given.version(engine, "v3", promoted=False)
    assert shadow(engine) is None
    given.in_shadow(engine, "v2")
    assert (champion(engine), shadow(engine)) == ("v1", "v2")


def test_a_promoted_shadow_is_in_shadow_no_more(engine: Engine) -> None:
    given.version(engine, "v1")
    given.in_shadow(engine, "v2")
    promote(engine, "v2")
    assert (champion(engine), shadow(engine)) == ("v2", None)


def test_the_database_refuses_a_second_shadow(engine: Engine) -> None:
    given.in_shadow(engine, "v1")
    with pytest.raises(IntegrityError):
        given.in_shadow(engine, "v2")


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


def test_of_two_promotions_at_once_the_later_retires_the_earlier_on_postgresql(postgres_engine: Engine) -> None:
    for name in ("v1", "v2", "v3"):
        given.version(postgres_engine, name, promoted=name == "v1")
    together = threading.Barrier(2)

    def work(name: str) -> None:
        with transaction(postgres_engine) as session:
            versions.named(session, "v1")  # as it was before the other's promotion
            together.wait()
            versions.promote(session, name, "a test")

    threads = [threading.Thread(target=work, args=(name,)) for name in ("v2", "v3")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = given.values(postgres_engine, ModelVersion.state)
    assert found[0] == VersionState.RETIRED
    assert sorted(found[1:]) == [VersionState.CHAMPION, VersionState.RETIRED]


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


def test_while_one_is_promoted_verdicts_of_the_others_are_stored_on_postgresql(postgres_engine: Engine) -> None:
    first = given.version(postgres_engine)
    given.version(postgres_engine, "v2", promoted=False)
    stored: list[int] = []
    judging = threading.Thread(target=lambda: stored.append(given.verdict(postgres_engine, first, given.incoming())))
    with transaction(postgres_engine) as session:
        versions.lock(session)
        judging.start()
        judging.join(10)
        assert stored, "the verdict waits for the promotion"
    judging.join()
