"""What was put into the durable queue, what it hands out, and what the database holds of it."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import Engine
from telegram import Update

from bot.database import Database
from bot.updates import DurableQueue
from storage.processes import updates
from storage.session import reading

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
    for _ in items:
        queue.task_done()
    return [item.update_id for item in items if isinstance(item, Update)]


def unhandled(engine: Engine) -> list[int]:
    with reading(engine) as session:
        return list(updates.unhandled(session, BOT))


def replay(queue: DurableQueue) -> int:
    return asyncio.run(queue.replay(None))  # type: ignore[arg-type]  # no bot is needed to read updates
