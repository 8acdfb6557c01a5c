"""When a run is due."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from pydantic import ValidationError
from sqlalchemy import Engine

from storage.learning import runs, shadow, snapshots, versions
from storage.learning.versions import NewVersion
from storage.models import Action, ActionKind, Correction, Message, ModelVersion, Run, RunState, VersionState, now
from storage.moderation import inbox
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.processes import leases
from storage.session import transaction
from tests.storage import given
from tests.training.lifecycle.given_schedule import SETTINGS, correct, set_back
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


def test_on_postgresql_two_schedules_take_a_champion_back_once_and_tell_once(postgres_engine: Engine) -> None:
    given.version(postgres_engine)
    given.version(postgres_engine, "v2")
    given.version(postgres_engine, "v3")
    correct(postgres_engine, 2, is_spam=False)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: schedule.consider(postgres_engine, SETTINGS), range(4)))
    assert states(postgres_engine) == [VersionState.RETIRED, VersionState.CHAMPION, VersionState.REJECTED]
    assert given.values(postgres_engine, Action.kind).count(ActionKind.ANNOUNCE) == 1


def test_a_version_compared_with_a_champion_that_is_no_more_does_not_go_on(engine: Engine) -> None:
    given.version(engine)
    new = given.version(engine, "v2", promoted=False)
    found = go_on(engine, new.id, Gate(True, [], {"champion": "v0"}), goes_on=True)
    assert (found.state, found.gate and found.gate["reasons"]) == (
        VersionState.REJECTED,
        ["it was compared with v0, and v1 serves now"],
    )
    assert given.values(engine, Run.asked_by) == ["the schedule: v2 was compared with another champion"]


def test_a_shadow_of_a_champion_that_is_no_more_is_not_promoted(engine: Engine) -> None:
    champion = given.version(engine)
    given.received(engine, given.incoming("hello", 1))
    new = given.version(engine, "v2", promoted=False)
    go_on(engine, new.id, Gate(True, [], {"champion": champion.name}), goes_on=True)
    given.version(engine, "v3")
    set_back(engine, ModelVersion.shadow_from, 2)
    schedule.consider(engine, SETTINGS)
    assert states(engine) == [VersionState.RETIRED, VersionState.REJECTED, VersionState.CHAMPION]


def test_a_shadow_that_no_worker_could_load_is_not_promoted(engine: Engine) -> None:
    champion = given.version(engine)
    given.received(engine, given.incoming("hello", 1))
    new = given.version(engine, "v2", promoted=False)
    go_on(engine, new.id, PASSED, goes_on=True)
    set_back(engine, ModelVersion.shadow_from, 2)
    given.verdict(engine, champion, given.incoming("hello again", 2))
    schedule.consider(engine, SETTINGS)
    assert states(engine) == [VersionState.CHAMPION, VersionState.REJECTED]


def test_a_refused_version_stays_to_be_looked_at(engine: Engine) -> None:
    given.version(engine)
    new = given.version(engine, "v2", promoted=False)
    found = go_on(engine, new.id, REFUSED, goes_on=True)
    assert (found.state, found.gate and found.gate["reasons"]) == (VersionState.REJECTED, ["F1 may be worse"])
    assert states(engine) == [VersionState.CHAMPION, VersionState.REJECTED]


def test_a_version_that_somebody_made_by_hand_waits_for_them(engine: Engine) -> None:
    given.version(engine)
    new = given.version(engine, "v2", promoted=False)
    assert go_on(engine, new.id, PASSED, goes_on=False).state == VersionState.CHALLENGER


def test_without_traffic_a_version_that_passes_serves_at_once(engine: Engine) -> None:
    given.version(engine)
    new = given.version(engine, "v2", promoted=False)
    assert go_on(engine, new.id, PASSED, goes_on=True).state == VersionState.CHAMPION
    assert states(engine) == [VersionState.RETIRED, VersionState.CHAMPION]


def shadowed(engine: Engine, flagged: int, messages: int = 4) -> ModelVersion:
    """A version in shadow that flagged some of the messages which the champion flagged all."""
    champion = given.version(engine)
    given.received(engine, given.incoming("hello", 1))
    new = given.version(engine, "v2", promoted=False)
    go_on(engine, new.id, PASSED, goes_on=True)
    given.received(engine, *(given.incoming(f"hello {i}", i) for i in range(2, messages + 1)))
    with transaction(engine) as session:
        _judge_all(session, champion, new, flagged)
    return new


def _judge_all(session: Session, champion: ModelVersion, new: ModelVersion, flagged: int) -> None:
    holder, claimed = inbox.claim(session, 100, 30)
    inbox.record(
        session, holder, ScoringVersion(champion.id, 0.5, 0.9), [Judgement(c.id, c.edit, 0.1) for c in claimed]
    )
    said = [Judgement(c.id, c.edit, 0.8 if i < flagged else 0.1) for i, c in enumerate(claimed)]
    shadow.record(session, ScoringVersion(new.id, 0.5, 0.9), said)


def test_with_traffic_a_version_that_passes_shadows_first(engine: Engine) -> None:
    shadowed(engine, 0, messages=1)
    assert states(engine) == [VersionState.CHAMPION, VersionState.SHADOW]
    schedule.consider(engine, SETTINGS)
    assert states(engine) == [VersionState.CHAMPION, VersionState.SHADOW]


def test_a_shadow_that_saw_enough_serves(engine: Engine) -> None:
    shadowed(engine, 0)
    schedule.consider(engine, SETTINGS)
    assert states(engine) == [VersionState.RETIRED, VersionState.CHAMPION]
    gate = given.values(engine, ModelVersion.gate)[1]
    assert (gate["figures"]["shadow_judged"], gate["figures"]["f1_change"]) == (4, 0.1)


def test_a_shadow_that_flags_far_more_is_refused(engine: Engine) -> None:
    shadowed(engine, 4, messages=8)
    schedule.consider(engine, SETTINGS)
    assert states(engine) == [VersionState.CHAMPION, VersionState.SHADOW], "moderators have a day to look"
    waits = given.values(engine, ModelVersion.gate)[1]["waits_for"]
    assert waits.endswith("(8 messages); moderators have not decided 4 of them yet")
    set_back(engine, ModelVersion.shadow_from, 2)
    schedule.consider(engine, SETTINGS)
    assert states(engine) == [VersionState.CHAMPION, VersionState.REJECTED]
    assert given.values(engine, ModelVersion.gate)[1]["reasons"][0].startswith("flags 50.0% of live traffic")


@pytest.mark.parametrize(("is_spam", "state"), [(True, VersionState.CHAMPION), (False, VersionState.REJECTED)])
def test_moderators_decide_about_a_shadow_that_flags_far_more(
    engine: Engine, is_spam: bool, state: VersionState
) -> None:
    shadowed(engine, 4, messages=8)
    schedule.consider(engine, SETTINGS)
    with reading(engine) as session:
        alone = [pair.champion.verdict_id for pair in shadow.disagreements(session)]
    for verdict_id in alone:
        given.corrected(engine, verdict_id, "ann", is_spam)
    schedule.consider(engine, SETTINGS)
    assert states(engine)[1] == state


def test_a_shadow_that_saw_little_serves_when_its_time_is_over(engine: Engine) -> None:
    shadowed(engine, 0, messages=1)
    set_back(engine, ModelVersion.shadow_from, 2)
    schedule.consider(engine, SETTINGS)
    assert states(engine) == [VersionState.RETIRED, VersionState.CHAMPION]


def test_a_newer_shadow_takes_the_place_of_the_older(engine: Engine) -> None:
    shadowed(engine, 0, messages=1)
    third = given.version(engine, "v3", promoted=False)
    go_on(engine, third.id, PASSED, goes_on=True)
    assert states(engine) == [VersionState.CHAMPION, VersionState.REJECTED, VersionState.SHADOW]
    assert given.values(engine, ModelVersion.gate)[1]["overtaken_by"] == "v3"


def test_a_champion_whose_flags_are_undone_is_taken_back_and_moderators_are_told(engine: Engine) -> None:
    given.version(engine)
    given.version(engine, "v2")
    correct(engine, 2, is_spam=False)
    schedule.consider(engine, SETTINGS)
    assert states(engine) == [VersionState.CHAMPION, VersionState.REJECTED]
    assert given.values(engine, ModelVersion.gate)[1]["rolled_back_because"].startswith("moderators undid 2")
    actions = zip(given.values(engine, Action.kind), given.values(engine, Action.text), strict=True)
    told = [text for kind, text in actions if kind == ActionKind.ANNOUNCE]
    assert told == [
        "hamlet took model version v2 back: moderators undid 2 of its flags since it was promoted. v1 serves again."
    ]


def test_a_version_that_was_brought_back_is_not_taken_back_in_its_turn(engine: Engine) -> None:
    for name in ("v1", "v2", "v3"):
        given.version(engine, name)
    correct(engine, 2, is_spam=False)
    schedule.consider(engine, SETTINGS)
    assert states(engine) == [VersionState.RETIRED, VersionState.CHAMPION, VersionState.REJECTED]
    correct(engine, 2, is_spam=False)
    schedule.consider(engine, SETTINGS)
    assert states(engine) == [VersionState.RETIRED, VersionState.CHAMPION, VersionState.REJECTED]
    given.version(engine, "v4")
    correct(engine, 2, is_spam=False)
    schedule.consider(engine, SETTINGS)
    assert states(engine)[1:] == [VersionState.CHAMPION, VersionState.REJECTED, VersionState.REJECTED]


def test_flags_of_its_first_time_are_not_held_against_a_version_that_serves_again(engine: Engine) -> None:
    first = given.version(engine)
    verdicts = [given.verdict(engine, first, given.incoming(f"buy {number}", number)) for number in (1, 2)]
    given.version(engine, "v2")
    given.version(engine, "v3")
    with transaction(engine) as session:
        versions.promote(session, "v1", "ann")
    for verdict_id in verdicts:
        given.corrected(engine, verdict_id, "ann", False)
    schedule.consider(engine, SETTINGS)
    assert states(engine) == [VersionState.CHAMPION, VersionState.RETIRED, VersionState.RETIRED]


def test_after_the_window_a_champion_stays(engine: Engine) -> None:
    given.version(engine)
    given.version(engine, "v2")
    correct(engine, 2, is_spam=False)
    set_back(engine, ModelVersion.promoted_at, 9)
    schedule.consider(engine, SETTINGS)
    assert states(engine) == [VersionState.RETIRED, VersionState.CHAMPION]


def test_the_first_version_has_nothing_to_go_back_to(engine: Engine) -> None:
    given.version(engine)
    correct(engine, 2, is_spam=False)
    schedule.consider(engine, SETTINGS)
    assert states(engine) == [VersionState.CHAMPION]
    assert len(given.values(engine, Correction.id)) == 2


@pytest.mark.parametrize(
    "setting", ["retrain_days", "shadow_hours", "rollback_hours", "retention_days", "half_life_days"]
)
@pytest.mark.parametrize("value", ["inf", "nan", "1e308", "-1"])
def test_a_span_that_no_calendar_has_is_refused(setting: str, value: str) -> None:
    with pytest.raises(ValidationError, match=setting):
        TrainingSettings.model_validate({setting: value})
