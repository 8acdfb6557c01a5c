"""A batch that the database kept from being ended is given back: only workers' deaths count as attempts."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError

from classifier.spam import SpamClassifier
from storage.errors import DatabaseFull, DatabaseUnreachable
from storage.models import Message, MessageState, ModelVersion
from storage.moderation import inbox
from storage.session import reading, transaction
from tests import tiny
from tests.storage import given
from tests.storage.moderation.leases import claimed_rows
from tests.worker.refusing import full_disk, refused_contents
from worker import moderation
from worker.claims import Claims
from worker.models import Serving

MANY = [given.incoming("hello", number) for number in range(1, 101)]


@pytest.fixture(scope="module")
def classifier() -> SpamClassifier:
    return SpamClassifier(tiny.checkpoint(review=1.0))


@pytest.fixture
def serving(engine: Engine, classifier: SpamClassifier) -> Serving:
    """A version that flags nothing."""
    given.version(engine)
    with reading(engine) as session:
        model = session.scalars(select(ModelVersion)).one()
    return Serving(model.id, model.name, classifier)


@pytest.fixture
def died_once(engine: Engine) -> None:
    """A hundred messages whose worker died once."""
    given.received(engine, *MANY)
    with transaction(engine) as session:
        inbox.claim(session, 100, 30)
    given.passed(engine, "messages", "lease_until")


def attempts(engine: Engine) -> set[int]:
    return set(given.values(engine, Message.attempts))


def states(engine: Engine) -> set[MessageState]:
    return set(given.values(engine, Message.state))


@pytest.mark.usefixtures("died_once")
def test_a_database_that_takes_claims_and_no_verdicts_fails_no_message(engine: Engine, serving: Serving) -> None:
    claims = Claims()
    with full_disk(engine):
        for _ in range(inbox.MAX_ATTEMPTS):
            with pytest.raises(DatabaseFull):  # at once, so what was claimed does not wait for its lease
                moderation.judge(engine, serving, 100, 30, claims=claims)
            assert attempts(engine) == {2}
        with transaction(engine) as session:
            claims.give_back(session)
            assert inbox.give_up(session) == 0
    assert (attempts(engine), states(engine)) == ({1}, {MessageState.PENDING})
    assert moderation.judge(engine, serving, 100, 30, claims=claims).judged == 100
    assert states(engine) == {MessageState.HAM}


@pytest.mark.usefixtures("died_once")
def test_a_batch_that_another_worker_has_taken_meanwhile_is_left_to_it(engine: Engine, serving: Serving) -> None:
    claims = Claims()
    with full_disk(engine), pytest.raises(DatabaseFull):
        moderation.judge(engine, serving, 100, 30, claims=claims)
    given.passed(engine, "messages", "lease_until")
    with transaction(engine) as session:
        holder, _ = inbox.claim(session, 1, 30)
        claims.give_back(session)
    assert given.values(engine, Message.lease_holder).count(holder) == 1


def test_a_failover_counts_no_attempts_and_what_it_cut_short_comes_first_again(engine: Engine) -> None:
    first, *_ = given.received(engine, *MANY)
    claims = Claims()
    with pytest.raises(DatabaseUnreachable), claims.batch(engine, 10, 30):
        raise DatabaseUnreachable("x", "cut")
    with claims.batch(engine, 1, 30) as (_, [claimed]):
        assert claimed.id == first
    assert sorted(given.values(engine, Message.attempts)) == [0] * 99 + [1]
    with claims.batch(engine, 100, 30) as (_, rest):
        assert len(rest) == 99, "a batch that ended is not given back"


def test_what_is_refused_for_its_contents_counts_as_an_attempt(engine: Engine, serving: Serving) -> None:
    given.received(engine, given.incoming())
    claims = Claims()
    with refused_contents(engine):
        for number in range(1, inbox.MAX_ATTEMPTS + 1):
            with pytest.raises(DBAPIError):
                moderation.judge(engine, serving, 100, 30, claims=claims)
            assert attempts(engine) == {number}
            given.passed(engine, "messages", "lease_until")
        with transaction(engine) as session:
            claims.give_back(session)
            assert inbox.give_up(session) == 1


def test_a_worker_that_ends_before_it_gives_back_counts_as_one_that_died(engine: Engine) -> None:
    given.received(engine, given.incoming())
    for _ in range(inbox.MAX_ATTEMPTS):
        with pytest.raises(DatabaseUnreachable), Claims().batch(engine, 10, 30):
            raise DatabaseUnreachable("x", "cut")
        given.passed(engine, "messages", "lease_until")
    assert claimed_rows(engine) == []
    with transaction(engine) as session:
        assert inbox.give_up(session) == 1
