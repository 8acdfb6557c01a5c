"""Presumed ham makes a run due too: when there is enough of it, and when it has grown."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from storage.learning import runs, snapshots, versions
from storage.learning.versions import NewVersion
from storage.models import Message, Run, VersionState
from storage.session import transaction
from tests.storage import given
from tests.training.given_ham import a_chat
from tests.training.lifecycle.given_schedule import SETTINGS, set_back
from training.lifecycle import schedule


def presumed_run(engine: Engine, n_found: int, days_ago: float = 2.0) -> None:
    """A run that could learn so many messages presumed ham, and whose version was refused."""
    with transaction(engine) as session:
        kept = snapshots.store(session, "a" * 64, "b" * 64, {"presumed": {"found": n_found}}, [])
        new = versions.register(session, NewVersion(f"p{n_found}", 0.5, 0.9, "0" * 64, {}, snapshot_id=kept))
        new.state = VersionState.REJECTED
        runs.end(session, runs.begin(session, "the schedule").id, new.id)
    set_back(engine, Run.started_at, days_ago)


def test_a_chat_that_only_listened_for_three_days_has_its_first_run(engine: Engine) -> None:
    given.version(engine)
    a_chat(engine, members=8, messages=16, days=2.9)
    assert not schedule.consider(engine, SETTINGS)
    set_back(engine, Message.sent_at, 3)
    assert schedule.consider(engine, SETTINGS)
    assert given.values(engine, Run.asked_by) == ["the schedule: 100 messages presumed ham"]


def test_too_little_presumed_ham_starts_nothing_and_neither_does_any_where_it_is_turned_off(engine: Engine) -> None:
    given.version(engine)
    a_chat(engine, members=6, messages=16)
    assert not schedule.consider(engine, SETTINGS)
    a_chat(engine, members=7, messages=60)
    assert not schedule.consider(engine, SETTINGS.model_copy(update={"presumed_ham": 0}))
    assert schedule.consider(engine, SETTINGS)


@pytest.mark.parametrize(("n_found", "is_due"), [(90, True), (133, True), (134, False)])
def test_presumed_ham_starts_another_run_when_it_has_grown_by_half(engine: Engine, n_found: int, is_due: bool) -> None:
    given.version(engine)
    a_chat(engine, members=10, messages=40)  # twenty of each are taken
    presumed_run(engine, n_found)
    assert schedule.consider(engine, SETTINGS) is is_due


def test_presumed_ham_starts_no_second_run_within_a_day(engine: Engine) -> None:
    given.version(engine)
    a_chat(engine, members=10, messages=40)
    presumed_run(engine, 0, days_ago=0.9)
    assert not schedule.consider(engine, SETTINGS)


def test_when_as_much_was_found_as_is_ever_taken_no_more_is_counted(engine: Engine) -> None:
    given.version(engine)
    a_chat(engine, members=10, messages=40)
    presumed_run(engine, 100)
    assert not schedule.consider(engine, SETTINGS.model_copy(update={"presumed_ham": 120}))
