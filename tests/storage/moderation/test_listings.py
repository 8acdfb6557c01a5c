"""Questions to a list of spammers: asked once a day, within a budget; an answer is a hint."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from storage.models import Listing, now
from storage.moderation import listing_questions, listings
from storage.moderation.listing_questions import Question
from storage.moderation.listings import Listed
from storage.outbound import configured
from storage.privacy import members
from storage.session import reading, transaction


@pytest.fixture(autouse=True)
def configured_list(engine: Engine) -> None:
    with transaction(engine) as session:
        configured.record(session, configured.SPAMMER_LIST, on=True)


def ask(engine: Engine, *user_ids: int) -> None:
    with transaction(engine) as session:
        listing_questions.ask(session, user_ids)


def claimed(engine: Engine, a_day: int = 100) -> Question | None:
    with transaction(engine) as session:
        return listing_questions.claim(session, a_day)


def answer(engine: Engine, listed: Listed | None, user_id: int = 13) -> None:
    with transaction(engine) as session:
        listing_questions.answered(session, Question(user_id, 1), listed, "cas.example")


def later(engine: Engine, by: timedelta) -> None:
    """All that much ago."""
    with transaction(engine) as session:
        for row in session.query(Listing):
            row.asked_at -= by
            row.answered_at = row.answered_at and row.answered_at - by


def listed(engine: Engine, user_id: int = 13) -> Listed | None:
    with reading(engine) as session:
        return listings.of(session, [user_id, None]).get(user_id)


def test_a_member_is_asked_about_once_a_day(engine: Engine) -> None:
    ask(engine, 13, 13)
    assert claimed(engine) == Question(13, 1)
    answer(engine, Listed("cas.example"))
    ask(engine, 13)
    assert claimed(engine) is None
    later(engine, timedelta(hours=25))
    ask(engine, 13)
    assert listed(engine) == Listed("cas.example"), "the last answer holds until the next one"
    assert claimed(engine) == Question(13, 1)
    answer(engine, None)
    assert listed(engine) is None


def test_beyond_the_budget_nobody_is_asked(engine: Engine) -> None:
    ask(engine, 13, 14)
    assert claimed(engine, a_day=1) is not None
    assert claimed(engine, a_day=1) is None
    with reading(engine) as session:
        assert session.query(Listing).count() == 1


def test_an_attempt_is_the_lease_of_its_question(engine: Engine) -> None:
    ask(engine, 13)
    assert claimed(engine) is not None
    assert claimed(engine) is None
    later(engine, listing_questions.PAUSE * 2)
    assert claimed(engine) == Question(13, 2)
    later(engine, listing_questions.PAUSE * 2)
    assert claimed(engine) is None, "two attempts are enough"


def test_what_waited_too_long_is_not_asked_any_more(engine: Engine) -> None:
    ask(engine, 13)
    later(engine, timedelta(hours=2))
    assert claimed(engine) is None


def test_an_answer_about_somebody_forgotten_meanwhile_is_dropped(engine: Engine) -> None:
    ask(engine, 13)
    with transaction(engine) as session:
        members.forget(session, 13)
    answer(engine, Listed("cas.example"))
    assert listed(engine) is None


def test_after_a_month_nothing_is_left(engine: Engine) -> None:
    ask(engine, 13)
    answer(engine, Listed("cas.example", now()))
    later(engine, timedelta(days=31))
    with transaction(engine) as session:
        listings.tidy(session)
        assert listings.count(session, 13) == 0
