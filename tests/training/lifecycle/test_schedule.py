"""When a run is due."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from pydantic import ValidationError
from sqlalchemy import Engine

from storage.learning import runs, versions
from storage.models import ModelVersion, Run, RunState, VersionState
from storage.processes import leases
from storage.session import transaction
from tests.storage import given
from tests.training.lifecycle.given_schedule import PASSED, SETTINGS, correct, go_on, set_back
from training.lifecycle import schedule
from training.lifecycle.lease import LEASE
from training.settings import TrainingSettings


def test_without_a_version_nothing_is_due(engine: Engine) -> None:
    assert not schedule.consider(engine, SETTINGS)


def test_too_few_corrections_start_nothing(engine: Engine) -> None:
    given.version(engine)
    correct(engine, 2)
    assert not schedule.consider(engine, SETTINGS)


def test_enough_corrections_start_a_run(engine: Engine) -> None:
    given.version(engine)
    correct(engine, 3)
    assert schedule.consider(engine, SETTINGS)
    assert given.values(engine, Run.asked_by) == ["the schedule: 3 new corrections"]


def test_corrections_that_a_run_saw_do_not_start_another(engine: Engine) -> None:
    given.version(engine)
    correct(engine, 3)
    with transaction(engine) as session:
        runs.end(session, runs.begin(session, "ann").id, None)
    assert not schedule.consider(engine, SETTINGS)


def test_the_interval_starts_a_run_and_a_missed_slot_is_caught_up(engine: Engine) -> None:
    given.version(engine)
    set_back(engine, ModelVersion.created_at, 30)
    assert schedule.consider(engine, SETTINGS)


def test_two_schedules_ask_for_one_run(engine: Engine) -> None:
    given.version(engine)
    correct(engine, 3)
    assert schedule.consider(engine, SETTINGS)
    assert schedule.consider(engine, SETTINGS)
    assert given.values(engine, Run.state) == [RunState.ASKED]


def test_while_a_run_is_under_way_no_other_starts(engine: Engine) -> None:
    given.version(engine)
    correct(engine, 3)
    with transaction(engine) as session:
        leases.take(session, LEASE, "elsewhere:1:a", 60)
        runs.begin(session, "ann")
    assert not schedule.consider(engine, SETTINGS)
    assert given.values(engine, Run.state) == [RunState.RUNNING]


def test_a_run_that_died_starts_again(engine: Engine) -> None:
    given.version(engine)
    with transaction(engine) as session:
        leases.take(session, LEASE, "elsewhere:1:a", -1)
        runs.begin(session, "ann")
    assert schedule.consider(engine, SETTINGS)


def test_a_run_that_failed_is_not_tried_again_within_the_hour(engine: Engine) -> None:
    given.version(engine)
    with transaction(engine) as session:
        runs.end(session, runs.begin(session, "ann").id, None, "no space left")
    correct(engine, 3)
    assert not schedule.consider(engine, SETTINGS)
    set_back(engine, Run.ended_at, 1)
    assert schedule.consider(engine, SETTINGS)


def test_the_more_runs_fail_in_a_row_the_later_the_next_is_begun(engine: Engine) -> None:
    given.version(engine)
    correct(engine, 3)
    for failed, hours in ((1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 24), (7, 24)):
        with transaction(engine) as session:
            runs.end(session, runs.begin(session, "ann").id, None, "no memory left")
        set_back(engine, Run.ended_at, (hours - 0.1) / 24)
        assert not schedule.consider(engine, SETTINGS), f"{failed} failed"
        set_back(engine, Run.ended_at, (hours + 0.1) / 24)
        assert schedule.consider(engine, SETTINGS), f"{failed} failed"


def test_corrections_that_a_failed_run_could_not_learn_are_still_new(engine: Engine) -> None:
    given.version(engine)
    correct(engine, 3)
    with transaction(engine) as session:
        runs.end(session, runs.begin(session, "ann").id, None, "no space left")
    set_back(engine, Run.ended_at, 1)
    assert schedule.consider(engine, SETTINGS)
    assert given.values(engine, Run.asked_by)[1] == "the schedule: 3 new corrections"


def test_corrections_that_only_a_run_by_hand_saw_are_still_new(engine: Engine) -> None:
    given.version(engine)
    correct(engine, 3)
    with transaction(engine) as session:
        runs.end(session, runs.begin(session, "ann", goes_on=False).id, None)
    assert schedule.consider(engine, SETTINGS)


def test_on_postgresql_all_who_ask_at_once_ask_for_one_run(postgres_engine: Engine) -> None:
    barrier = Barrier(8)

    def ask(name: str) -> int:
        barrier.wait()
        with transaction(postgres_engine) as session:
            return runs.ask(session, name).id

    with ThreadPoolExecutor(8) as pool:
        numbers = set(pool.map(ask, "abcdefgh"))
    assert len(numbers) == 1
    assert given.values(postgres_engine, Run.state) == [RunState.ASKED]


@pytest.mark.parametrize(
    "setting", ["retrain_days", "shadow_hours", "rollback_hours", "retention_days", "half_life_days"]
)
@pytest.mark.parametrize("value", ["inf", "nan", "1e308", "-1"])
def test_a_span_that_no_calendar_has_is_refused(setting: str, value: str) -> None:
    with pytest.raises(ValidationError, match=setting):
        TrainingSettings.model_validate({setting: value})


def hurried(engine: Engine) -> ModelVersion:
    """A champion that learned from little."""
    version = given.version(engine)
    with transaction(engine) as session:
        versions.named(session, version.name).provenance = {"config_hash": SETTINGS.recipe.hurried.hash}
    return version


def test_a_first_version_that_learned_from_little_is_followed_at_once(engine: Engine) -> None:
    hurried(engine)
    assert schedule.consider(engine, SETTINGS)
    assert given.values(engine, Run.asked_by) == ["the schedule: the first version learned from little"]


def test_a_first_version_that_learned_from_little_is_followed_once_whatever_the_gate_says(engine: Engine) -> None:
    hurried(engine)
    with transaction(engine) as session:
        runs.end(session, runs.begin(session, "the schedule").id, None)
    assert not schedule.consider(engine, SETTINGS)


def test_what_follows_a_hurried_version_serves_at_once_where_there_is_traffic_to_watch_it_on(engine: Engine) -> None:
    hurried(engine)
    given.received(engine, given.incoming("hello", 1))
    new = given.version(engine, "v2", promoted=False)
    assert go_on(engine, new.id, PASSED, goes_on=True).state == VersionState.CHAMPION
    third = given.version(engine, "v3", promoted=False)
    assert go_on(engine, third.id, PASSED, goes_on=True).state == VersionState.SHADOW
