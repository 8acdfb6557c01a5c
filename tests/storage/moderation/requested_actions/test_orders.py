"""What an order asks for, with a verdict or without."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select, update

from storage.models import (
    Action,
    Correction,
    Message,
    ModelVersion,
    Order,
    OrderKind,
)
from storage.moderation.requested_actions import calls, queue
from storage.session import reading, transaction
from tests.storage import given
from tests.storage.moderation.requested_actions.asked import (
    AMEND,
    ANN,
    BAN,
    CANCELLED,
    DELETE,
    PENDING,
    command,
    kinds,
    perform,
)


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


def test_spam_by_reply_waits_for_the_verdict(engine: Engine, model: ModelVersion) -> None:
    [row] = given.received(engine, given.incoming())
    assert command(engine, row, OrderKind.SPAM) is None
    verdict = given.verdict(engine, model, score=0.1)
    assert kinds(engine) == {DELETE, BAN, AMEND}
    with reading(engine) as session:
        assert session.scalars(select(Order)).one().done_at is not None
    assert command(engine, row, OrderKind.HAM) == verdict
    assert kinds(engine, CANCELLED) == {DELETE, BAN}


def test_ban_learns_nothing(engine: Engine, model: ModelVersion) -> None:
    given.verdict(engine, model, score=0.1)
    command(engine, 1, OrderKind.BAN)
    assert kinds(engine) == {DELETE, BAN}
    assert given.values(engine, Order.kind) == [OrderKind.BAN]
    assert given.values(engine, Correction.id) == []


def test_ban_for_good_has_no_end_though_a_shorter_one_was_made(engine: Engine, model: ModelVersion) -> None:
    given.verdict(engine, model, score=0.1)
    command(engine, 1, OrderKind.BAN)
    perform(engine)
    command(engine, 1, OrderKind.BAN_FOR_GOOD)
    with reading(engine) as session:
        ban = session.scalars(select(Action).where(Action.kind == BAN)).one()
    assert (ban.state, ban.until) == (PENDING, None)


def test_a_message_without_a_verdict_is_removed_and_its_author_banned(engine: Engine, model: ModelVersion) -> None:
    [row] = given.received(engine, given.incoming(""))
    with transaction(engine) as session:
        session.execute(update(Message).values(state="nothing to judge"))
    command(engine, row, OrderKind.SPAM)
    with transaction(engine) as session:
        done = [(task.kind, getattr(task, "user_id", 0)) for task in queue.claim(session, None, 50, 30)]
    assert done == [(DELETE, None), (BAN, 7)]


def test_each_is_claimed_with_the_album_it_came_in(engine: Engine, model: ModelVersion) -> None:
    given.received(engine, given.incoming("", 1, album_id="a"), given.incoming("", 3, album_id="b"))
    verdict = given.verdict(engine, model, given.incoming("buy", 2, album_id="a"))
    given.corrected(engine, verdict, ANN, True)
    with transaction(engine) as session:
        deleting = next(task for task in queue.claim(session, None, 50, 30) if task.kind == DELETE)
    assert isinstance(deleting, calls.VerdictAction)
    assert deleting.album == (1, 2)
    given.received(engine, given.incoming("", 4, album_id="a"), given.incoming("", 5, album_id="b"))
    with transaction(engine) as session:
        late = [task.message_id for task in queue.claim(session, None, 50, 30) if task.kind == DELETE]
    assert late == [4], "what comes later of the album goes too"
