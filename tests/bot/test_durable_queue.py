"""Nothing is lost: an update is in the database before it is in the queue, and there until it is handled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from structlog.testing import capture_logs
from telegram import Update
from telegram.error import NetworkError

from bot.__main__ import build
from bot.context import App
from bot.database import Database
from bot.settings import BotSettings
from bot.updates import DurableQueue
from jobs.settings import JobsSettings
from storage.models import Message
from storage.models import Update as Stored
from storage.moderation import inbox, receiving
from storage.processes import updates
from storage.session import open_engine, reading, transaction
from storage.settings import StorageSettings
from tests import fresh
from tests.bot.given_updates import said
from tests.bot.stories import EVE, GROUP
from tests.conftest import count
from tests.storage import given
from tests.storage.databases import grows_no_more
from tests.telegram_server import TOKEN, TelegramServer

BOT = 123456


@pytest.fixture
def database(engine: Engine) -> Database:
    return Database(engine, BOT)


@pytest.fixture
def queue(database: Database) -> DurableQueue:
    return DurableQueue(database)


def put(queue: DurableQueue, *items: object) -> None:
    async def all_of_them() -> None:
        for item in items:
            await queue.put(item)

    asyncio.run(all_of_them())


def queued(queue: DurableQueue) -> list[int]:
    """Ids of the updates in the queue, which is empty then."""
    items = [queue.get_nowait() for _ in range(queue.qsize())]
    return [item.update_id for item in items if isinstance(item, Update)]


def unhandled(engine: Engine) -> list[int]:
    with reading(engine) as session:
        return [payload["update_id"] for payload in updates.unhandled(session, BOT)]


def replay(queue: DurableQueue) -> int:
    return asyncio.run(queue.replay(None))  # type: ignore[arg-type]  # no bot is needed to read updates


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


REFUSES = """CREATE TRIGGER refuses BEFORE INSERT ON updates WHEN (SELECT count(*) FROM leases) = 0
BEGIN SELECT RAISE(ABORT, 'unexpected'); END"""


def test_an_update_that_an_unexpected_error_kept_from_being_stored_stays_with_telegram(sqlite_engine: Engine) -> None:
    queue = DurableQueue(Database(sqlite_engine, BOT))
    with sqlite_engine.begin() as connection:
        connection.exec_driver_sql(REFUSES)
    with pytest.raises(NetworkError):
        put(queue, said(1))
    with sqlite_engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER refuses")
    put(queue, said(1))
    assert queued(queue) == [1]


def test_polling_goes_on_after_an_unexpected_error(telegram: TelegramServer, tmp_path: Path) -> None:
    address = fresh.sqlite(tmp_path / "x.sqlite3")
    engine = open_engine(address)
    with engine.begin() as connection:
        connection.exec_driver_sql(REFUSES)
    settings = BotSettings(telegram_token=TOKEN, telegram_api_url=telegram.url)

    def mend() -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP TRIGGER refuses")

    asyncio.run(
        heard_in_the_end(build(settings, StorageSettings(database_url=address), JobsSettings()), telegram, engine, mend)
    )
    assert given.values(engine, Message.text) == ["one", "two"]
    engine.dispose()


LONG = "one " + "and again " * 400  # of a legal message, which takes a page of the file at least


def test_on_a_full_disk_an_update_stays_with_telegram_and_what_was_stored_stays(sqlite_engine: Engine) -> None:
    queue = DurableQueue(Database(sqlite_engine, BOT))
    put(queue, said(1))
    make_room = grows_no_more(sqlite_engine)
    with pytest.raises(NetworkError, match="has no room left"):
        put(queue, *(said(number, text=LONG) for number in range(2, 100)))
    stored = unhandled(sqlite_engine)
    assert stored == queued(queue) == list(range(1, len(stored) + 1))
    make_room()
    put(queue, said(len(stored) + 1, text=LONG))
    assert unhandled(sqlite_engine) == [*stored, len(stored) + 1]


def test_polling_goes_on_after_a_full_disk_and_nothing_is_lost(telegram: TelegramServer, tmp_path: Path) -> None:
    address = fresh.sqlite(tmp_path / "x.sqlite3")
    settings = BotSettings(telegram_token=TOKEN, telegram_api_url=telegram.url)
    app = build(settings, StorageSettings(database_url=address), JobsSettings())
    engine = open_engine(address)
    make_room = grows_no_more(app.bot_data["database"]._engine)
    with capture_logs() as logged:
        asyncio.run(heard_in_the_end(app, telegram, engine, make_room, logged))
    assert [text.split(" ")[0] for text in given.values(engine, Message.text)] == ["one", "two"]
    (first, *_) = [line for line in logged if line["log_level"] == "warning" and "reason" in line]
    assert first["event"] == "database out of reach: updates stay with Telegram"
    assert "has no room left" in first["reason"]
    engine.dispose()


async def heard_in_the_end(
    app: App, telegram: TelegramServer, engine: Engine, mend: Callable[[], None], logged: Sequence[Any] | None = None
) -> None:
    """Poll as the process does; somebody speaks before and after the database comes to its senses."""
    assert app.updater is not None
    async with app:
        await app.start()
        await app.updater.start_polling(poll_interval=0.05, timeout=timedelta(seconds=1))
        telegram.say(GROUP, EVE, LONG if logged is not None else "one")
        await asyncio.sleep(1)
        mend()
        telegram.say(GROUP, EVE, "two")
        for _ in range(100):
            if count(engine, "messages") == 2:
                break
            await asyncio.sleep(0.1)
        await app.updater.stop()
        await app.stop()
