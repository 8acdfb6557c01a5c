"""When a sanction ends, whose one is, and who has to be known still."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given as whatever
from hypothesis import strategies as st
from sqlalchemy import Engine, select, update

from storage import rules, sanctions
from storage.learning import erasure
from storage.models import Action, ActionKind, ActionState, Message, Mode, now
from storage.moderation import sanctions_in_force
from storage.moderation.requested_actions import queue, requests
from storage.privacy import members
from storage.session import transaction
from tests.storage import given

NOON = given.NOON
DAYS = st.integers(-5_000, 5_000).map(lambda days: timedelta(days=days))


def banned(engine: Engine) -> int:
    """Spam whose author was banned for thirty days, in a chat that acts by itself."""
    given.received(engine, given.incoming())
    given.mode(engine, Mode.ENFORCE)
    verdict = given.verdict(engine, given.version(engine))
    performed(engine)
    return verdict


def performed(engine: Engine) -> None:
    with transaction(engine) as session:
        for task in queue.claim(session, None, 100, 30):
            receipt = {"banned": True, "until": task.until.isoformat() if task.until else None}
            queue.done(session, task, receipt if task.kind == ActionKind.BAN else {"unbanned": True})


def authors(engine: Engine) -> list[int | None]:
    return given.values(engine, Message.author_id)


def ours(engine: Engine) -> int:
    with transaction(engine) as session:
        return len(sanctions_in_force.imposed_on(session, {(1, 7)})[1, 7])


@whatever(asked=DAYS, written=DAYS)
def test_a_sanction_lasts_thirty_days_at_most_whatever_any_clock_says(asked: timedelta, written: timedelta) -> None:
    sent_at = NOON + written
    end = sanctions.end(NOON + asked, sent_at, NOON)
    assert end is not None
    assert sent_at + rules.BAN_LASTS <= end <= max(NOON, sent_at) + rules.BAN_LASTS


@whatever(asked=DAYS, written=DAYS, minutes=st.integers(1, 366 * 24 * 60))
def test_a_sanction_of_a_length_lasts_no_longer_and_no_shorter(
    asked: timedelta, written: timedelta, minutes: int
) -> None:
    sent_at, lasts = NOON + written, timedelta(minutes=minutes)
    end = sanctions.end(NOON + asked, sent_at, NOON, lasts)
    assert end is not None
    assert sent_at + lasts <= end <= max(NOON, sent_at) + lasts


def test_a_minute_that_began_a_moment_ago_is_given_whole() -> None:
    minute = timedelta(minutes=1)
    end = sanctions.end(NOON + timedelta(seconds=40), NOON - timedelta(hours=1), NOON, minute)
    assert end == NOON + minute
    assert not sanctions.is_over(end, NOON)


def test_what_was_stored_without_a_length_lasts_thirty_days() -> None:
    assert sanctions.length(None) == rules.BAN_LASTS
    assert sanctions.length(60) == timedelta(minutes=1)


def test_for_good_is_for_good() -> None:
    assert sanctions.end(None, NOON, NOON) is None
    assert not sanctions.is_over(None, NOON)


@pytest.mark.parametrize(("seconds", "is_over"), [(-86_400, True), (29, True), (61, False)])
def test_an_end_that_telegram_takes_for_none_is_over(seconds: float, is_over: bool) -> None:
    assert sanctions.is_over(NOON + timedelta(seconds=seconds), NOON) is is_over


def test_what_was_found_there_is_nobodys_of_hamlets() -> None:
    assert sanctions.from_receipt(ActionKind.BAN, {"banned": True, "until": None, "kept": True}) is None
    assert sanctions.from_receipt(ActionKind.BAN, {}) is None


def test_a_lifted_ban_is_no_longer_hamlets(engine: Engine) -> None:
    verdict = banned(engine)
    assert ours(engine) == 1
    given.corrected(engine, verdict, "ann", False)
    performed(engine)
    assert ours(engine) == 0


def test_what_somebody_changed_by_hand_later_is_not_hamlets(engine: Engine) -> None:
    verdict = banned(engine)
    with transaction(engine) as session:
        requests.note_taken_over(session, 1, 7, now() - timedelta(hours=1))
    assert ours(engine) == 1, "that was before the ban"
    with transaction(engine) as session:
        requests.note_taken_over(session, 1, 7, now() + timedelta(seconds=1))
        amended = select(Action.state).filter_by(verdict_id=verdict, kind=ActionKind.AMEND)
        assert session.scalars(amended).one() == ActionState.PENDING
    assert ours(engine) == 0


def test_the_number_of_somebody_banned_goes_with_the_end_of_the_ban(engine: Engine) -> None:
    banned(engine)
    with transaction(engine) as session:
        assert members.forget(session, 7) == 1
    given.corrected(engine, 1, "ann", True)
    with transaction(engine) as session:
        assert erasure.erase_unneeded_authors(session) == 0
        session.execute(update(Action).where(Action.kind == ActionKind.BAN).values(until=now() - timedelta(days=1)))
    assert authors(engine) == [7]
    with transaction(engine) as session:
        assert erasure.erase_unneeded_authors(session) == 1
    assert authors(engine) == [None]


def test_the_number_of_a_member_who_did_nothing_goes_at_once(engine: Engine) -> None:
    given.verdict(engine, given.version(engine), score=0.1)
    with transaction(engine) as session:
        members.forget(session, 7)
    assert authors(engine) == [None]
