"""A run that begins while another process looks for abandoned ones, at whatever moment of that, is not taken for dead."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, delete, event

from storage.learning import runs
from storage.models import Lease as Row
from storage.models import Run, RunState
from storage.processes import leases
from storage.session import engine_for, transaction
from tests.storage import given
from tests.training.lifecycle.given_schedule import SETTINGS
from training.lifecycle import lease, schedule

MOST_STATEMENTS = 60  # of one look of the schedule's


def begin(engine: Engine, goes_on: bool) -> None:
    """The first steps of a run, each committed: the lease, then the row."""
    with transaction(engine) as session:
        assert leases.take(session, lease.LEASE, "elsewhere:1:a", 60)
    with transaction(engine) as session:
        runs.begin(session, "ann", goes_on)


@contextmanager
def after_statement(engine: Engine, number: int, elsewhere: Engine, goes_on: bool) -> Iterator[list[str]]:
    """Begin a run elsewhere once the engine has carried out so many statements; gives those statements."""
    made: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        made.append(statement)
        if len(made) == number:
            begin(elsewhere, goes_on)

    event.listen(engine, "after_cursor_execute", count)
    try:
        yield made
    finally:
        event.remove(engine, "after_cursor_execute", count)


@pytest.mark.parametrize("goes_on", [True, False], ids=["scheduled", "by hand"])
def test_on_postgresql_a_run_that_begins_between_two_statements_of_the_schedule_goes_on(
    postgres_engine: Engine, goes_on: bool
) -> None:
    engine = postgres_engine
    given.version(engine)  # or the schedule asks for a run itself
    impatient = engine.url.update_query_dict({"options": "-c lock_timeout=5s"})
    with engine_for(impatient.render_as_string(hide_password=False)) as elsewhere:
        for number in range(1, MOST_STATEMENTS):
            with after_statement(engine, number, elsewhere, goes_on) as made:
                schedule.consider(engine, SETTINGS)
            if len(made) < number:
                break
            running = [state for state in given.values(engine, Run.state) if state == RunState.RUNNING]
            assert running == [RunState.RUNNING], f"after statement {number}: {made[number - 1]}"
            with transaction(engine) as session:
                session.execute(delete(Run))
                session.execute(delete(Row))
    assert number > 5


def test_a_run_whose_lease_is_over_is_taken_up(engine: Engine) -> None:
    begin(engine, goes_on=True)
    with transaction(engine) as session:
        assert not lease.take_up_abandoned(session)
        leases.give_back(session, lease.LEASE, "elsewhere:1:a")
        assert lease.take_up_abandoned(session)
    assert given.values(engine, Run.state) == [RunState.ASKED]
