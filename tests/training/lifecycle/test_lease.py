"""The lease of a run, and its row: what a silent, a stopped or a lost run leaves behind."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, update
from structlog.testing import capture_logs

from storage.learning import runs
from storage.models import Lease as Row
from storage.models import Run, RunState, now
from storage.processes import leases
from storage.session import transaction
from tests.storage import given
from training.errors import TrainingBusy
from training.fit.progress import Silent
from training.lifecycle import lease
from training.lifecycle.lease import LEASE_SECONDS, Lease
from training.lifecycle.record import recorded


def states(engine: Engine) -> list[RunState]:
    return given.values(engine, Run.state)


def wait_until(is_so: Any) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_lease_is_renewed_while_the_run_is_silent(engine: Engine) -> None:
    with Lease(engine, renew_seconds=0.01):
        with transaction(engine) as session:
            session.execute(update(Row).values(until=now() + timedelta(seconds=1)))
        soon = now() + timedelta(seconds=LEASE_SECONDS / 2)
        wait_until(lambda: given.values(engine, Row.until)[0] > soon)
    assert given.values(engine, Row.holder) == []


def test_a_run_that_lost_its_lease_ends_and_says_nothing_of_the_run_that_took_over(engine: Engine) -> None:
    def lose() -> None:
        with transaction(engine) as session:
            session.execute(update(Row).values(holder="elsewhere:1:a", until=now() + timedelta(minutes=2)))
            runs.take_up(session, runs.locked_running(session))
            runs.begin(session, "the other")

    with (
        pytest.raises(TrainingBusy),
        Lease(engine, renew_seconds=0.01) as held,
        recorded(engine, Silent(), held, "ann") as watched,
    ):
        lose()
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            watched.advance(1)
            time.sleep(0.01)
    assert states(engine) == [RunState.RUNNING]
    assert given.values(engine, Row.holder) == ["elsewhere:1:a"]


def test_a_database_that_is_away_for_a_moment_costs_no_lease(engine: Engine) -> None:
    def impatient(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA busy_timeout = 1")

    event.listen(engine, "connect", impatient)
    engine.dispose()
    with capture_logs() as lines, Lease(engine, renew_seconds=0.01) as held:
        with closing(sqlite3.connect(engine.url.database or "")) as writer:
            writer.execute("BEGIN IMMEDIATE")  # no other connection can write meanwhile
            wait_until(lambda: any(line["event"] == "the lease could not be renewed" for line in lines))
            writer.rollback()
        event.remove(engine, "connect", impatient)
        engine.dispose()  # what reads from here on waits for the renewal
        (before,) = given.values(engine, Row.until)
        wait_until(lambda: given.values(engine, Row.until)[0] > before)
        held.require()


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), SystemExit(143)])
@pytest.mark.parametrize(("goes_on", "left"), [(True, RunState.ASKED), (False, RunState.FAILED)])
def test_a_run_that_is_stopped_waits_again_unless_it_was_begun_by_hand(
    engine: Engine, stop: BaseException, goes_on: bool, left: RunState
) -> None:
    with pytest.raises(type(stop)), Lease(engine) as held, recorded(engine, Silent(), held, "ann", goes_on):
        raise stop
    assert states(engine) == [left]
    assert given.values(engine, Run.attempts) == [0 if goes_on else 1], "being stopped is no attempt that failed"
    assert given.values(engine, Run.error) == [None if goes_on else "it was stopped"]


def test_a_run_by_hand_leaves_the_one_that_waits_alone(engine: Engine) -> None:
    with transaction(engine) as session:
        runs.ask(session, "ann (review site)")
    with Lease(engine) as held, recorded(engine, Silent(), held, "bob", goes_on=False):
        assert states(engine) == [RunState.ASKED, RunState.RUNNING]
    assert states(engine) == [RunState.ASKED, RunState.DONE]


def test_a_run_by_hand_whose_process_died_is_not_taken_up(engine: Engine) -> None:
    with transaction(engine) as session:
        runs.begin(session, "bob", goes_on=False)
        assert lease.take_up_abandoned(session)
    assert (states(engine), given.values(engine, Run.error)) == (
        [RunState.FAILED],
        ["its process died; `hamlet train` begins another"],
    )


def test_of_two_runs_that_wait_after_a_death_one_is_left(engine: Engine) -> None:
    with transaction(engine) as session:
        runs.begin(session, "ann")
        session.add(Run(asked_by="bob"))
        session.flush()
        assert lease.take_up_abandoned(session)
    assert states(engine) == [RunState.FAILED, RunState.ASKED]


def test_a_process_number_of_another_container_says_nothing(engine: Engine) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    mine, elsewhere = lease.here(), lease.here(Path("/proc/self/exe"))  # any other link
    assert mine.split(":")[0] == elsewhere.split(":")[0]
    assert mine != elsewhere
    for holder, is_free in ((elsewhere, False), (mine, True)):
        with transaction(engine) as session:
            leases.take(session, lease.LEASE, f"{holder}{gone.pid}:a", 60)
            assert lease.is_free(session) is is_free
            leases.give_back(session, lease.LEASE, f"{holder}{gone.pid}:a")
