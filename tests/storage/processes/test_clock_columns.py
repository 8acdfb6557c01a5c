"""Every column that says how long something waits is set right after the clock was ahead, calls beside Telegram's included."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, inspect, update
from sqlalchemy.orm import InstrumentedAttribute

from storage.models import Action, Base, Delivery, Explanation, Listing, Rescan, SecondOpinion, now
from storage.moderation import clock, listing_questions, rescans, second_opinions
from storage.outbound import configured, deliveries, events
from storage.outbound.events import Event
from storage.session import transaction
from tests.storage import given
from tests.storage.processes.test_clock import bring_back, put_off

WAITS = {"lease_until", "not_before", "until", "asked_at"}
LEFT = {
    (Action, "until"): "set together with `not_before`; Telegram, which is told of it, has a clock of its own",
    (Explanation, "asked_at"): "puts what waits to be explained in an order, and no more",
}


def test_no_column_that_something_waits_for_is_forgotten() -> None:
    known = [column for column, *_ in clock.WAITING] + list(clock.HAPPENED)
    repaired = {(column.class_, column.key) for column in known}
    found = {
        (mapper.class_, name)
        for mapper in Base.registry.mappers
        for name in WAITS.intersection(inspect(mapper.class_).columns.keys())
    }
    assert found >= {(Delivery, "not_before"), (SecondOpinion, "asked_at")}
    assert found - repaired == set(LEFT)


def waits_for_the_webhook(engine: Engine) -> None:
    with transaction(engine) as session:
        configured.record(session, configured.WEBHOOK, on=True)
        events.note(session, Event.TEST)


def is_sent(engine: Engine) -> bool:
    with transaction(engine) as session:
        return deliveries.claim(session, 60) is not None


def waits_to_be_looked_at_again(engine: Engine) -> None:
    given.verdict(engine, given.version(engine), given.incoming(), 0.1)
    with transaction(engine) as session:
        rescans.request(session, 1, 7, "web:ann")


def is_looked_at(engine: Engine) -> bool:
    with transaction(engine) as session:
        return rescans.claim(session, 1, 10) is not None


Waiting = tuple[Callable[[Engine], None], InstrumentedAttribute[Any], Callable[[Engine], bool]]
CALLS: list[Waiting] = [
    (waits_for_the_webhook, Delivery.not_before, is_sent),
    (waits_for_the_webhook, Delivery.lease_until, is_sent),
    (waits_to_be_looked_at_again, Rescan.lease_until, is_looked_at),
]


@pytest.mark.parametrize(("begin", "column", "goes_on"), CALLS)
def test_what_waits_for_tomorrow_goes_on_today(engine: Engine, begin: Any, column: Any, goes_on: Any) -> None:
    begin(engine)
    put_off(engine, column)
    assert not goes_on(engine)
    bring_back(engine)
    assert goes_on(engine)


@pytest.mark.parametrize(("begin", "column", "goes_on"), CALLS)
def test_what_was_begun_before_the_clock_was_set_back_an_hour_goes_on_at_once(
    engine: Engine, begin: Any, column: Any, goes_on: Any
) -> None:
    begin(engine)
    put_off(engine, column.class_.created_at, timedelta(minutes=59))
    put_off(engine, column, timedelta(minutes=59, seconds=30))
    bring_back(engine)
    assert goes_on(engine)


def another_model_is_asked(engine: Engine) -> None:
    with transaction(engine) as session:
        configured.record(session, configured.SECOND_OPINION, on=True)
    given.verdict(engine, given.version(engine), given.incoming(), 0.7)
    with transaction(engine) as session:
        assert second_opinions.claim(session, 5) is not None


def a_list_is_asked(engine: Engine) -> None:
    with transaction(engine) as session:
        configured.record(session, configured.SPAMMER_LIST, on=True)
        listing_questions.ask(session, [13])
    with transaction(engine) as session:
        assert listing_questions.claim(session, 5) is not None


@pytest.mark.parametrize("is_answered", [False, True])
@pytest.mark.parametrize(
    ("ask", "model"), [(another_model_is_asked, SecondOpinion), (a_list_is_asked, Listing)], ids=["model", "list"]
)
def test_an_attempt_of_tomorrow_was_made_today(engine: Engine, ask: Any, model: Any, is_answered: bool) -> None:
    ask(engine)
    with transaction(engine) as session:
        session.execute(update(model).values(answered_at=now() if is_answered else None))
    put_off(engine, model.asked_at)
    bring_back(engine)
    assert given.values(engine, model.asked_at)[0] <= now()


@pytest.mark.parametrize(
    ("ask", "model"), [(another_model_is_asked, SecondOpinion), (a_list_is_asked, Listing)], ids=["model", "list"]
)
def test_a_question_under_way_waits_an_hour_for_no_clock(engine: Engine, ask: Any, model: Any) -> None:
    ask(engine)
    put_off(engine, model.asked_at, timedelta(minutes=59))
    with transaction(engine) as session:
        assert clock.bring_back(session) == 1
    assert given.values(engine, model.asked_at)[0] <= now()
