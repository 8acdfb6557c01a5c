"""What becomes of a new version after the gate: it serves, shadows first, waits or is refused."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from storage.learning import runs, shadow
from storage.models import ModelVersion, Run, RunState, VersionState
from storage.moderation import inbox
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.session import reading, transaction
from tests.storage import given
from tests.training.lifecycle.given_schedule import PASSED, REFUSED, SETTINGS, correct, go_on, set_back, states
from training.lifecycle import schedule
from training.lifecycle.gate_decision import Gate


def test_while_a_shadow_is_undecided_the_schedule_does_not_overtake_it(engine: Engine) -> None:
    shadowed(engine, 0, messages=1)
    correct(engine, 3)
    assert not schedule.consider(engine, SETTINGS)
    set_back(engine, ModelVersion.shadow_from, 2)
    assert schedule.consider(engine, SETTINGS)


def test_a_version_compared_with_a_champion_that_is_no_more_does_not_go_on(engine: Engine) -> None:
    given.version(engine)
    new = given.version(engine, "v2", promoted=False)
    version = go_on(engine, new.id, Gate(True, [], {"champion": "v0"}), goes_on=True)
    assert (version.state, version.gate and version.gate["reasons"]) == (
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
    version = go_on(engine, new.id, REFUSED, goes_on=True)
    assert (version.state, version.gate and version.gate["reasons"]) == (VersionState.REJECTED, ["F1 may be worse"])
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
    judgements = [Judgement(c.id, c.edit, 0.8 if i < flagged else 0.1) for i, c in enumerate(claimed)]
    shadow.record(session, ScoringVersion(new.id, 0.5, 0.9), judgements)


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


def test_after_a_changed_champion_another_run_waits_behind_the_one_under_way(engine: Engine) -> None:
    given.version(engine)
    new = given.version(engine, "v2", promoted=False)
    with transaction(engine) as session:
        runs.begin(session, "the schedule")
    go_on(engine, new.id, Gate(True, [], {"champion": "v0"}), goes_on=True)
    assert given.values(engine, Run.state) == [RunState.RUNNING, RunState.ASKED]
