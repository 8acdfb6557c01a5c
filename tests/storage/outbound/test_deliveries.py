"""Deliveries wait, are leased, and are tried again for two days."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from storage.errors import UnknownDelivery
from storage.models import ActionState, Delivery, now
from storage.outbound import configured, deliveries, events
from storage.outbound.deliveries import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, MAX_ATTEMPTS, Claimed
from storage.outbound.events import Event
from storage.session import reading, transaction


@pytest.fixture
def waiting(engine: Engine) -> Engine:
    """A database in which one event waits."""
    with transaction(engine) as session:
        configured.record(session, configured.WEBHOOK, on=True)
        events.note(session, Event.TEST)
    return engine


def claim(engine: Engine, lease_seconds: float = 60) -> Claimed | None:
    with transaction(engine) as session:
        return deliveries.claim(session, lease_seconds)


def claimed(engine: Engine, lease_seconds: float = 60) -> Claimed:
    taken = claim(engine, lease_seconds)
    assert taken is not None
    return taken


def row(engine: Engine) -> Delivery:
    with reading(engine) as session:
        [delivery] = deliveries.latest(session, 10)
        return delivery


def set_values(engine: Engine, **values: object) -> None:
    with transaction(engine) as session:
        for name, value in values.items():
            setattr(session.get_one(Delivery, 1), name, value)


def test_one_process_has_it_until_the_lease_runs_out(waiting: Engine) -> None:
    assert claimed(waiting).attempts == 1
    assert claim(waiting) is None
    set_values(waiting, lease_until=now() - timedelta(seconds=1))
    assert claimed(waiting).attempts == 2


def test_what_is_taken_waits_no_more(waiting: Engine) -> None:
    mine = claimed(waiting)
    with transaction(waiting) as session:
        deliveries.taken(session, mine, 204)
        assert not deliveries.is_due(session)
    assert (row(waiting).state, row(waiting).status, row(waiting).error) == (ActionState.DONE, 204, None)


def test_what_is_refused_waits_longer_each_time(waiting: Engine) -> None:
    pauses = []
    for _ in range(3):
        set_values(waiting, not_before=now())
        mine = claimed(waiting)
        with transaction(waiting) as session:
            deliveries.refused(session, mine, 500, "HTTP 500")
        pauses.append(round((row(waiting).not_before - now()).total_seconds()))
    assert pauses == pytest.approx([10, 20, 40], abs=2)
    assert (row(waiting).state, row(waiting).status, row(waiting).error) == (ActionState.PENDING, 500, "HTTP 500")


def test_after_two_days_it_is_given_up(waiting: Engine) -> None:
    waits = [min(FIRST_PAUSE_SECONDS * 2**n, LONGEST_PAUSE_SECONDS) for n in range(MAX_ATTEMPTS - 1)]
    assert timedelta(seconds=sum(waits)) == pytest.approx(timedelta(days=2), abs=timedelta(hours=1))
    set_values(waiting, attempts=MAX_ATTEMPTS - 1)
    mine = claimed(waiting)
    with transaction(waiting) as session:
        deliveries.refused(session, mine, None, "ConnectError")
    assert (row(waiting).state, row(waiting).error) == (ActionState.FAILED, "ConnectError")


def test_it_can_be_sent_again_while_an_attempt_is_under_way(waiting: Engine) -> None:
    slow = claimed(waiting)
    with transaction(waiting) as session:
        deliveries.send_again(session, slow.id)
    with transaction(waiting) as session:
        deliveries.taken(session, slow, 200)
    assert (row(waiting).state, row(waiting).attempts) == (ActionState.PENDING, 0)
    assert claimed(waiting).payload["id"] == slow.payload["id"]


def test_an_unknown_one_is_not_sent_again(waiting: Engine) -> None:
    with transaction(waiting) as session, pytest.raises(UnknownDelivery):
        deliveries.send_again(session, 99)


@pytest.mark.parametrize(("days", "left"), [(29, 1), (31, 0)])
def test_they_are_kept_for_thirty_days(waiting: Engine, days: int, left: int) -> None:
    set_values(waiting, created_at=now() - timedelta(days=days))
    with transaction(waiting) as session:
        assert deliveries.tidy(session) == 1 - left
        assert len(deliveries.latest(session, 10)) == left
