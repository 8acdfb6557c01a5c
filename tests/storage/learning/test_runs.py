"""Runs: one answers for all who ask, and one that died is taken up again, but not for ever."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, select

from storage.learning import runs
from storage.learning.runs import MAX_ATTEMPTS
from storage.models import Run, RunState, now
from storage.session import reading, transaction
from tests.storage import given


def state(engine: Engine) -> list[RunState]:
    return given.values(engine, Run.state)


def test_asking_twice_is_one_run(engine: Engine) -> None:
    with transaction(engine) as session:
        assert runs.ask(session, "ann").id == runs.ask(session, "bob").id
    assert state(engine) == [RunState.ASKED]


def test_asking_while_one_runs_is_answered_by_it(engine: Engine) -> None:
    with transaction(engine) as session:
        begun = runs.begin(session, "ann")
        assert runs.ask(session, "bob").id == begun.id


def test_beginning_takes_the_one_that_was_asked_for(engine: Engine) -> None:
    with transaction(engine) as session:
        asked = runs.ask(session, "ann")
        assert runs.begin(session, "the schedule").id == asked.id
        assert asked.asked_by == "ann"
    assert state(engine) == [RunState.RUNNING]


def test_how_far_a_run_is_can_be_read_by_others(engine: Engine) -> None:
    with transaction(engine) as session:
        run_id = runs.begin(session, "ann").id
    with transaction(engine) as session:
        runs.advance(session, run_id, "Reading", 3, 10)
    with reading(engine) as session:
        (run,) = runs.newest(session)
    assert (run.stage, run.steps_done, run.steps) == ("Reading", 3, 10)


def test_a_run_whose_process_died_is_asked_for_again(engine: Engine) -> None:
    with transaction(engine) as session:
        runs.begin(session, "ann")
    with transaction(engine) as session:
        runs.take_up(session, runs.locked_running(session))
    assert state(engine) == [RunState.ASKED]


def test_a_run_that_died_too_often_is_given_up_with_a_remedy(engine: Engine) -> None:
    for _ in range(MAX_ATTEMPTS):
        with transaction(engine) as session:
            runs.begin(session, "ann")
        with transaction(engine) as session:
            runs.take_up(session, runs.locked_running(session))
    assert state(engine) == [RunState.FAILED]
    with reading(engine) as session:
        assert "hamlet train" in (session.scalars(select(Run.error)).one() or "")


def test_a_run_that_ended_is_not_taken_up(engine: Engine) -> None:
    with transaction(engine) as session:
        run = runs.begin(session, "ann")
        runs.end(session, run.id, None, "no space left")
        assert runs.locked_running(session) == []
    assert state(engine) == [RunState.FAILED]


def test_only_accepted_corrections_since_a_moment_count(engine: Engine) -> None:
    verdict_id = given.verdict(engine, given.version(engine))
    before = now()
    given.corrected(engine, verdict_id, "ann", True)
    given.corrected(engine, verdict_id, "bob", True, is_moderator=False)
    with reading(engine) as session:
        assert runs.accepted_since(session, before) == runs.accepted_since(session, None) == 1
        assert runs.accepted_since(session, now() + timedelta(seconds=1)) == 0
