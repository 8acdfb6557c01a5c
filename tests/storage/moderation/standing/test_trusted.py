"""Whoever a moderator trusts is in good standing, in that chat and whatever they wrote."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, update

from storage.access import people, trust
from storage.access.people import Member
from storage.models import ActionKind, Chat, Join, Mode, ModelVersion, Reactor, Standing, Trust, Verdict, now
from storage.moderation import standing
from storage.session import reading, transaction
from tests.storage import given

OTHER_GROUP = -100999


def trusts(engine: Engine, user_id: int = 7) -> bool:
    with transaction(engine) as session:
        return trust.give(session, 1, user_id, "Ann", "telegram:1")


def is_good(engine: Engine) -> bool:
    with reading(engine) as session:
        return standing.is_good(session, session.get_one(Chat, 1), 7)


@pytest.fixture
def model(engine: Engine) -> ModelVersion:
    return given.version(engine)


def test_a_trusted_member_is_flagged_but_not_acted_on(engine: Engine, model: ModelVersion) -> None:
    given.received(engine, given.incoming("hello"))
    given.mode(engine, Mode.ENFORCE)
    assert trusts(engine)
    assert not trusts(engine), "once is enough"
    given.verdict(engine, model, given.incoming("buy now", 2), 0.9999)
    assert given.values(engine, Verdict.standing) == [Standing.GOOD, Standing.GOOD]
    assert ActionKind.BAN not in given.kinds(engine)
    assert is_good(engine)


def test_trust_is_of_one_chat(engine: Engine, model: ModelVersion) -> None:
    given.joined(engine, 7, 8)
    given.joined(engine, 7, chat_external_id=OTHER_GROUP)
    trusts(engine)
    given.verdict(engine, model, given.incoming("hello", 1, chat_external_id=OTHER_GROUP), 0.1)
    given.verdict(engine, model, given.incoming("hello", 2, author_id=8), 0.1)
    assert Standing.GOOD not in given.values(engine, Verdict.standing)


def test_trust_that_is_taken_back_leaves_what_was_earned(engine: Engine, model: ModelVersion) -> None:
    given.verdict(engine, model, given.incoming("buy now"), 0.95)
    trusts(engine)
    with transaction(engine) as session:
        assert trust.take(session, 1, 7, "telegram:1")
        assert not trust.take(session, 1, 7, "telegram:1")
    assert not is_good(engine)


def test_the_name_of_somebody_trusted_goes_with_its_time(engine: Engine) -> None:
    given.received(engine, given.incoming())
    trusts(engine)
    with transaction(engine) as session:
        assert trust.expire(session, 30) == 0
        session.execute(update(Trust).values(created_at=now() - timedelta(days=31)))
        assert trust.expire(session, 30) == 1
    assert given.values(engine, Trust.name) == [""]
    assert is_good(engine), "the trust itself stays"


@pytest.mark.parametrize(
    ("address", "member"),
    [
        ("@Ann_G", Member(7, "Ann")),
        ("7", Member(7, "Ann")),
        ("@ann", None),
        ("8", None),
        ("9", Member(9)),
        ("Ann", None),
        ("@", None),
    ],
)
def test_an_address_means_somebody_who_was_seen_in_that_chat(
    engine: Engine, address: str, member: Member | None
) -> None:
    given.received(engine, given.incoming("hello", author_username="ann_g"))
    given.received(engine, given.incoming("hello", author_id=8, author_username="ann", chat_external_id=OTHER_GROUP))
    given.joined(engine, 9)
    with reading(engine) as session:
        assert people.resolve(session, 1, address) == member


def test_whoever_has_a_name_now_is_meant_by_it(engine: Engine) -> None:
    given.received(engine, given.incoming("hello", 1, author_username="rose"))
    given.received(engine, given.incoming("hello", 2, author_id=8, author_name="Eve", author_username="Rose"))
    with reading(engine) as session:
        assert people.resolve(session, 1, "@rose") == Member(8, "Eve")
    given.received(engine, given.incoming("hello", 3, author_id=8, author_name="Eve", author_username="eve"))
    with reading(engine) as session:
        assert people.resolve(session, 1, "@rose") is None, "the earlier owner may have given it up too"


@pytest.mark.parametrize("came_by", ["a join", "a reaction"])
def test_a_name_known_from_another_group_means_who_was_seen_here_without_writing(engine: Engine, came_by: str) -> None:
    given.received(engine, given.incoming("hello"))
    elsewhere = {"author_name": "Rose", "author_username": "rose", "chat_external_id": OTHER_GROUP}
    given.received(engine, given.incoming("hello", author_id=8, **elsewhere))
    with reading(engine) as session:
        assert people.resolve(session, 1, "@rose") is None
    with transaction(engine) as session:
        session.add(
            Join(chat_id=1, user_id=8, joined_at=now())
            if came_by == "a join"
            else Reactor(chat_id=1, user_id=8, recent={}, reacted_at=now())
        )
    with reading(engine) as session:
        assert people.resolve(session, 1, "@rose") == Member(8), "what they are called elsewhere is not shown here"
        assert people.resolve(session, 1, "8") == Member(8)
    given.received(engine, given.incoming("hello", 2, author_id=9, **elsewhere))
    with reading(engine) as session:
        assert people.resolve(session, 1, "@rose") is None, "it is somebody else's by now"
