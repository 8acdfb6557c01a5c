"""Nothing is lost: an update is in the database before it is in the queue, and there until it is handled."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from telegram.error import NetworkError

from bot.database import Database
from bot.updates import DurableQueue
from storage.models import Update as Stored
from storage.moderation import inbox, receiving
from storage.processes import updates
from storage.session import open_engine, transaction
from tests.bot.given_updates import said
from tests.bot.queued import BOT, put, queued, replay, unhandled
from tests.conftest import count
from tests.storage import given


def test_an_update_is_stored_and_queued(engine: Engine, queue: DurableQueue) -> None:
    put(queue, said(1))
    assert unhandled(engine) == [1]
    assert queued(queue) == [1]


def test_the_same_update_again_is_queued_once(engine: Engine, queue: DurableQueue) -> None:
    put(queue, said(1), said(1))
    assert queued(queue) == [1]
    assert count(engine, "updates") == 1


def test_what_is_no_update_is_queued_and_not_stored(engine: Engine, queue: DurableQueue) -> None:
    put(queue, "stop")
    assert queue.get_nowait() == "stop"
    assert count(engine, "updates") == 0


def test_an_update_of_odd_letters_is_stored(engine: Engine, queue: DurableQueue) -> None:
    put(queue, said(1, text="a\0b \ud800"))
    assert queued(queue) == [1]


def test_a_stored_update_that_cannot_be_read_any_more_keeps_no_other_from_being_handled(
    engine: Engine, queue: DurableQueue
) -> None:
    put(queue, said(1), said(2))
    assert queued(queue) == [1, 2]
    with transaction(engine) as session:
        session.query(Stored).filter_by(update_id=1).update({"payload": {"message": "of another release"}})
    for _ in range(updates.MAX_ATTEMPTS):
        replay(queue)
        assert queued(queue) == [2]
    assert unhandled(engine) == [2]
    assert str(given.values(engine, Stored.error)[0]).startswith("cannot be read (")


def test_without_a_database_the_update_stays_with_telegram() -> None:
    away = open_engine("postgresql+psycopg://ann:s3cret@127.0.0.1:1/x")
    queue = DurableQueue(Database(away, BOT))
    with pytest.raises(NetworkError, match="cannot be reached") as refusal:
        put(queue, said(1))
    away.dispose()
    assert queue.empty()
    assert "s3cret" not in str(refusal.value)


def test_the_replay_queues_what_was_not_handled_in_order(engine: Engine, database: Database) -> None:
    put(DurableQueue(database), said(3), said(1), said(2))
    with transaction(engine) as session:
        updates.handled(session, BOT, 2)
    after_a_crash = DurableQueue(database)
    assert replay(after_a_crash) == 2
    assert queued(after_a_crash) == [1, 3]


def test_a_replayed_update_says_what_it_said(database: Database) -> None:
    original = said(1, text="hello", photo=None)
    put(DurableQueue(database), original)
    after_a_crash = DurableQueue(database)
    replay(after_a_crash)
    assert after_a_crash.get_nowait() == original


def test_another_bots_updates_are_not_replayed(engine: Engine, database: Database) -> None:
    put(DurableQueue(database), said(1))
    assert replay(DurableQueue(Database(engine, BOT + 1))) == 0


def test_settling_stores_and_marks_handled(engine: Engine, database: Database, queue: DurableQueue) -> None:
    put(queue, said(1))
    row_id = asyncio.run(database.settle(said(1), lambda session: receiving.receive(session, given.incoming())))
    assert given.values(engine, Stored.handled_at) != [None]
    assert (unhandled(engine), count(engine, "messages", f"id = {row_id}")) == ([], 1)


def test_a_failure_stores_nothing_and_leaves_the_update_unhandled(
    engine: Engine, database: Database, queue: DurableQueue
) -> None:
    def break_after_storing(session: Session) -> None:
        receiving.receive(session, given.incoming())
        raise RuntimeError("it broke")

    put(queue, said(1))
    with pytest.raises(RuntimeError, match="it broke"):
        asyncio.run(database.settle(said(1), break_after_storing))
    assert (unhandled(engine), count(engine, "messages")) == ([1], 0)


def test_reading_gives_what_the_query_found(database: Database) -> None:
    assert asyncio.run(database.read(inbox.waiting)) == 0
