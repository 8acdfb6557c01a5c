"""A clock that was a day ahead: nothing waits for that day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, update

from storage.learning import runs
from storage.models import Action, ActionKind, Lease, Message, Report, Run, Wait, now
from storage.moderation import clock, inbox
from storage.moderation.requested_actions import queue
from storage.processes import leases, rate_limits
from storage.session import transaction
from tests.conftest import count
from tests.storage import given

AHEAD = timedelta(days=1)


def put_off(engine: Engine, column: Any, by: timedelta = AHEAD) -> None:
    with transaction(engine) as session:
        session.execute(update(column.class_).values({column.key: now() + by}))


def bring_back(engine: Engine) -> int:
    with transaction(engine) as session:
        return clock.bring_back(session) + clock.bring_back_what_happened(session)


def test_a_message_under_a_lease_of_tomorrow_is_claimed_today(engine: Engine) -> None:
    given.received(engine, given.incoming())
    put_off(engine, Message.lease_until)
    assert bring_back(engine) == 1
    with transaction(engine) as session:
        assert len(inbox.claim(session, 10, 30)[1]) == 1


@pytest.mark.parametrize("column", [Action.not_before, Action.lease_until])
def test_a_call_of_tomorrow_is_made_today(engine: Engine, column: Any) -> None:
    given.verdict(engine, given.version(engine))
    put_off(engine, column)
    assert bring_back(engine) == 1
    with transaction(engine) as session:
        assert len(queue.claim(session, None, 10, 30)) == 1


def test_a_lease_and_a_wait_of_tomorrow_are_over(engine: Engine) -> None:
    with transaction(engine) as session:
        leases.take(session, "training", "somebody", 60)
        rate_limits.note(session, -1, 60)
    put_off(engine, Lease.until)
    put_off(engine, Wait.until)
    assert bring_back(engine) == 2
    with transaction(engine) as session:
        assert leases.take(session, "training", "somebody else", 60)
        assert rate_limits.seconds(session, -1) == 0


def test_a_report_of_tomorrow_counts_for_an_hour_of_today(engine: Engine) -> None:
    (row,) = given.received(engine, given.incoming())
    with transaction(engine) as session:
        session.add(Report(message_id=row, reporter_id=5))
    put_off(engine, Report.created_at)
    assert bring_back(engine) == 1
    assert given.values(engine, Report.created_at)[0] <= now()


def test_a_run_of_tomorrow_has_begun_today(engine: Engine) -> None:
    with transaction(engine) as session:
        runs.ask(session, "ann")
    put_off(engine, Run.started_at)
    bring_back(engine)
    assert given.values(engine, Run.started_at)[0] <= now()


@pytest.mark.parametrize("column", [Action.not_before, Action.lease_until])
def test_a_call_requested_before_the_clock_was_set_back_an_hour_is_made_at_once(engine: Engine, column: Any) -> None:
    given.verdict(engine, given.version(engine))
    put_off(engine, Action.created_at, timedelta(minutes=59))
    put_off(engine, column, timedelta(minutes=59, seconds=30))
    assert bring_back(engine) == 1
    with transaction(engine) as session:
        assert len(queue.claim(session, None, 10, 30)) == 1


def test_a_message_claimed_before_the_clock_was_set_back_an_hour_is_claimed_again_at_once(engine: Engine) -> None:
    given.received(engine, given.incoming())
    put_off(engine, Message.received_at, timedelta(minutes=59))
    put_off(engine, Message.lease_until, timedelta(minutes=59, seconds=30))
    assert bring_back(engine) == 1
    with transaction(engine) as session:
        assert len(inbox.claim(session, 10, 30)[1]) == 1


def test_a_lease_taken_after_the_clock_was_set_back_holds(engine: Engine) -> None:
    given.received(engine, given.incoming())
    put_off(engine, Message.received_at, timedelta(minutes=59))
    with transaction(engine) as session:
        inbox.claim(session, 10, 30)
    assert bring_back(engine) == 0


@pytest.mark.parametrize("kind", clock.IN_THE_MORNING)
def test_what_waits_for_the_morning_waits_through_the_night(engine: Engine, kind: ActionKind) -> None:
    given.verdict(engine, given.version(engine))
    with transaction(engine) as session:
        session.execute(update(Action).values(kind=kind))
    put_off(engine, Action.not_before, timedelta(hours=9))
    assert bring_back(engine) == 0
    put_off(engine, Action.not_before)
    assert bring_back(engine) == 1


def test_what_is_due_within_the_hour_stays_as_it_is(engine: Engine) -> None:
    given.received(engine, given.incoming())
    put_off(engine, Message.lease_until, timedelta(minutes=59))
    assert bring_back(engine) == 0
    assert count(engine, "messages", "lease_until IS NOT NULL") == 1
