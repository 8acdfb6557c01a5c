"""However much comes in at once, memory holds a bounded part of it, and each update is handled once and in its order."""

from __future__ import annotations

import asyncio

from sqlalchemy import Engine
from telegram import Update

from bot.database import Database
from bot.updates import DurableQueue
from storage.processes import updates
from storage.session import transaction
from tests.bot.given_updates import said
from tests.bot.queued import BOT, put, queued, unhandled


def test_what_a_poll_brought_is_stored_together_and_queued_once(engine: Engine, queue: DurableQueue) -> None:
    asyncio.run(queue.store([said(1), said(2), said(2), said(3)]))
    put(queue, said(1), said(2), said(2), said(3))
    assert unhandled(engine) == [1, 2, 3]
    assert queued(queue) == [1, 2, 3]


async def handled_in_the_end(engine: Engine, queue: DurableQueue) -> list[int]:
    """Handle whatever the queue hands out until nothing waits. Returns the ids in that order."""
    handled: list[int] = []

    async def handle() -> None:
        while True:
            update = await queue.get()
            assert isinstance(update, Update)
            with transaction(engine) as session:
                updates.handled(session, BOT, update.update_id)
            handled.append(update.update_id)
            queue.task_done()

    handling = asyncio.create_task(handle())
    while unhandled(engine):
        await asyncio.wait_for(queue.replay_due(0.0, 0.1), 10.0)
        await queue.replay(None)  # type: ignore[arg-type]  # no bot is needed to read updates
    handling.cancel()
    return handled


def test_more_than_the_queue_holds_waits_in_the_database_and_is_handled_in_order(
    engine: Engine, database: Database
) -> None:
    queue = DurableQueue(database, at_most=10)

    async def flood() -> list[int]:
        for first in range(1, 100, 5):
            await queue.store([said(number) for number in range(first, first + 5)])
        assert queue.qsize() == 10
        return await handled_in_the_end(engine, queue)

    assert asyncio.run(flood()) == list(range(1, 101))


def test_what_comes_in_during_a_replay_is_handled_after_it_and_once(engine: Engine, database: Database) -> None:
    queue = DurableQueue(database, at_most=10)

    async def beside() -> list[int]:
        await queue.store([said(number) for number in range(1, 31)])
        coming = asyncio.create_task(come())
        handled = await handled_in_the_end(engine, queue)
        await coming
        return handled + await handled_in_the_end(engine, queue)

    async def come() -> None:
        for number in range(31, 81):
            await queue.store([said(number)])

    handled = asyncio.run(beside())
    assert sorted(handled) == list(range(1, 81))
    assert handled == sorted(handled)


def test_an_update_that_is_just_being_handled_is_not_queued_again_by_a_replay(
    engine: Engine, queue: DurableQueue
) -> None:
    async def replayed_meanwhile() -> list[int]:
        await queue.store([said(1)])
        await queue.get()
        replay = asyncio.create_task(queue.replay(None))  # type: ignore[arg-type]
        await asyncio.sleep(0.1)
        assert queue.empty()
        with transaction(engine) as session:
            updates.handled(session, BOT, 1)
        queue.task_done()
        await replay
        return queued(queue)

    assert asyncio.run(replayed_meanwhile()) == []


def test_what_comes_out_of_order_during_a_replay_is_replayed_soon_too(database: Database) -> None:
    queue = DurableQueue(database, at_most=10)

    async def is_due_after(*numbers: int) -> bool:
        await queue.store([said(number) for number in numbers])
        waiting = asyncio.create_task(queue.replay_due(0.0, 60.0))
        await asyncio.wait({waiting}, timeout=0.5)
        return not waiting.cancel()

    async def during_a_replay() -> list[bool]:
        await queue.store([said(number) for number in range(100, 120)])
        overflow = await is_due_after(120)
        replaying = asyncio.create_task(queue.replay(None))  # type: ignore[arg-type]  # no bot is needed to read updates
        assert queued(queue) == list(range(100, 120))
        while queue.empty():
            await asyncio.sleep(0.01)
        answers = [overflow, await is_due_after(121), await is_due_after(1)]
        replaying.cancel()
        return answers

    assert asyncio.run(during_a_replay()) == [True, False, True]
