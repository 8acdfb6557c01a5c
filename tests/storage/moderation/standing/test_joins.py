"""Who joined is stored once and no longer than texts; who did not was there before, where joins are seen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update

from storage.access import chats, joins
from storage.models import Chat, Join, ModelVersion, Standing, now
from storage.privacy import members
from storage.session import reading, transaction
from tests.conftest import count
from tests.storage import given
from tests.storage.moderation.standing.authors import ANN, BEFORE, BOB, GOOD, NEWCOMER, earns, says, standing

# Who was there before


def test_who_was_not_seen_joining_where_joins_are_seen_was_there_before(engine: Engine, model: ModelVersion) -> None:
    given.old_chats(engine)
    assert standing(engine, model, 99) == BEFORE
    earns(engine, model, 4, 99)
    assert standing(engine, model, 99) == BEFORE
    earns(engine, model, 1, 99)
    assert standing(engine, model, 99) == GOOD


@pytest.mark.parametrize(("is_old", "found"), [(False, BEFORE), (True, NEWCOMER)])
def test_where_joins_are_not_seen_the_first_days_alone_are_of_members_from_before(
    engine: Engine, is_old: bool, found: Standing
) -> None:
    model = given.version(engine)
    says(engine, model, "welcome", author_id=BOB)
    if is_old:
        given.old_chats(engine)
    assert standing(engine, model) == found


def test_where_people_comment_without_joining_a_missing_join_says_nothing(engine: Engine, model: ModelVersion) -> None:
    with transaction(engine) as session:
        session.execute(update(Chat).values(has_comments=True))
    assert standing(engine, model, 99) == BEFORE, "in the first days"
    given.old_chats(engine)
    assert standing(engine, model, 99) == NEWCOMER


# Joins


def test_a_join_that_is_told_twice_is_one_and_the_last_one_counts(engine: Engine) -> None:
    given.joined(engine, ANN)
    later = given.NOON + timedelta(days=1)
    with transaction(engine) as session:
        joins.note(session, session.scalars(select(Chat)).one(), [ANN], later)
    assert given.values(engine, Join.joined_at) == [later]


def test_joins_are_seen_from_the_first_one_on_until_the_bot_is_no_administrator(engine: Engine) -> None:
    given.received(engine, given.incoming())
    assert given.values(engine, Chat.sees_joins_since) == [None]
    given.joined(engine, ANN)
    [since] = given.values(engine, Chat.sees_joins_since)
    given.joined(engine, BOB)
    assert given.values(engine, Chat.sees_joins_since) == [since]
    with transaction(engine) as session:
        joins.see_no_more(session, -100123)
        joins.see_no_more(session, -100999)
    assert given.values(engine, Chat.sees_joins_since) == [None]
    assert count(engine, "joins") == 2


def test_forgetting_somebody_forgets_their_joins(engine: Engine, model: ModelVersion) -> None:
    with transaction(engine) as session:
        assert joins.count(session, ANN) == 1
        members.forget(session, ANN)
        assert joins.count(session, ANN) == 0
    assert given.values(engine, Join.user_id) == [BOB]


def test_joins_are_kept_no_longer_than_texts(engine: Engine) -> None:
    given.joined(engine, ANN)
    with transaction(engine) as session:
        joins.note(session, session.scalars(select(Chat)).one(), [BOB], now())
        assert joins.expire(session, days=30) == 1
        assert joins.expire(session, days=30) == 0
    assert given.values(engine, Join.user_id) == [BOB]


@pytest.mark.parametrize("is_known", [False, True])
def test_a_group_that_becomes_a_supergroup_keeps_its_joins(engine: Engine, is_known: bool) -> None:
    given.joined(engine, ANN, BOB, chat_external_id=-5)
    if is_known:
        given.received(engine, given.incoming(chat_external_id=-1005))
        with transaction(engine) as session:
            session.add(Join(chat_id=chats.on_telegram(session, -1005).id, user_id=BOB, joined_at=now()))
    with transaction(engine) as session:
        chats.move_group(session, -5, -1005)
    with reading(engine) as session:
        new = session.scalars(select(Chat).filter_by(external_id=-1005)).one()
        there = session.scalars(select(Join.user_id).where(Join.chat_id == new.id).order_by(Join.user_id)).all()
    assert there == [ANN, BOB]
    assert new.sees_joins_since is not None
    assert count(engine, "joins") == 2
