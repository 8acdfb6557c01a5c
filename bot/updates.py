"""The durable update queue: it commits raw updates before Telegram is told that the bot has them.

python-telegram-bot confirms an update as soon as it has put it into its queue. Here updates are stored first, all of one
poll in one transaction; where that fails NetworkError is raised, so polling backs off without moving its offset, a webhook
answers with an error, and Telegram sends the updates again.

What waits lies in the database, so memory holds a bounded part of it: see `DurableQueue.replay`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import structlog
from prometheus_client import Counter
from sqlalchemy.exc import SQLAlchemyError
from telegram import Bot, Update
from telegram.error import NetworkError
from telegram.ext import ExtBot

from bot.database import Database
from jobs.metrics import REGISTRY
from storage.errors import StorageError
from storage.processes import updates

AT_MOST = 500  # updates in memory, each of some 3 KB; a poll brings up to 100 beyond that

UPDATES = Counter("hamlet_updates", "Updates of Telegram's that were stored", registry=REGISTRY)

log = structlog.get_logger()


class DurableQueue(asyncio.Queue[object]):
    """The application's update queue: whatever is in it is already in the database, and in Telegram's order.

    Where more comes in than it holds, the rest waits in the database alone, and so does what comes after it, until the
    replay has taken up everything that waits there.
    """

    def __init__(self, database: Database, at_most: int = AT_MOST) -> None:
        super().__init__()
        self._database, self._at_most = database, at_most
        self._turn = asyncio.Lock()  # of whoever stores or reads updates and queues them, in one order
        self._stored: set[int] = set()  # ids from `store` that are still to be put
        self._is_behind = False  # new updates wait in the database alone
        self._after = -1  # the replay goes on with the updates past this id
        self._is_due, self._overflows = asyncio.Event(), asyncio.Event()

    async def put(self, item: object) -> None:
        """Store an update and queue it, unless `store` did. Raises NetworkError where it cannot be stored."""
        if not isinstance(item, Update):
            await super().put(item)
            return
        if item.update_id not in self._stored:
            await self.store([item])
        self._stored.discard(item.update_id)

    async def store(self, received: Sequence[Update]) -> None:
        """Store the updates in one transaction, then queue those that are new. Raises NetworkError where they cannot be stored."""
        payloads = {update.update_id: update.to_dict() for update in received}
        async with self._turn:
            try:
                new = set(await self._database.write(updates.keep, self._database.bot_id, payloads))
            except (StorageError, SQLAlchemyError) as error:  # whatever it is: any other error would end the polling
                log.warning("database out of reach: updates stay with Telegram", reason=str(error))
                self.ask_for_replay()  # they may be stored all the same, if the connection broke at the commit
                raise NetworkError(str(error)) from error
            UPDATES.inc(len(new))
            self._stored |= payloads.keys()
            self._queue_or_leave([update for update in received if update.update_id in new])

    def _queue_or_leave(self, new: Sequence[Update]) -> None:
        if not self._is_behind and self.qsize() >= self._at_most:
            self._is_behind = True
            self._overflows.set()
            self._is_due.set()
        if self._is_behind and any(update.update_id <= self._after for update in new):
            self.ask_for_replay()  # out of order: the one under way has passed it
        for update in () if self._is_behind else {update.update_id: update for update in new}.values():
            self.put_nowait(update)

    def ask_for_replay(self) -> None:
        """The database was away while an update was handled: it is to be handled again soon."""
        self._is_due.set()

    async def replay_due(self, at_least: float, at_most: float) -> None:
        """Wait `at_least` so many seconds, and then until a replay is asked for or `at_most` so many are over.

        Where more came in than the queue holds, it is due at once.
        """
        with suppress(TimeoutError):
            await asyncio.wait_for(self._overflows.wait(), at_least)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._is_due.wait(), at_most - at_least)
        self._is_due.clear()
        self._overflows.clear()

    async def replay(self, bot: Bot) -> int:
        """Queue what is stored and not handled, a page at a time as it is handled. Returns how many updates that were.

        It begins once everything in the queue is handled or has failed, so that nothing is queued twice. What comes in
        meanwhile joins the end of what waits in the database.
        """
        self._is_behind = True
        count, self._after = 0, -1
        while self._is_behind:
            await self.join()
            async with self._turn:
                page = await self._database.read(updates.unhandled, self._database.bot_id, self._after, self._at_most)
                for update_id, payload in page.items():
                    await self._queue_stored(bot, update_id, payload)
                count, self._after = count + len(page), max(page, default=self._after)
                self._is_behind = len(page) == self._at_most
        return count

    async def _queue_stored(self, bot: Bot, update_id: int, payload: dict[str, Any]) -> None:
        """One that this release of the library cannot read counts as failed, and keeps none of the others from being handled."""
        try:
            self.put_nowait(Update.de_json(payload, bot))
        except Exception as error:  # the library's refusals have no common class
            reason = f"cannot be read ({type(error).__name__})"
            await self._database.write(updates.failed, self._database.bot_id, update_id, reason)


class StoringBot(ExtBot[Any]):
    """Stores what a poll brought before anybody else sees it."""

    def __init__(self, queue: DurableQueue, **options: Any) -> None:
        super().__init__(**options)
        self._durable_queue = queue

    async def get_updates(self, *args: Any, **kwargs: Any) -> tuple[Update, ...]:
        """The same as at the Bot API. Raises NetworkError where they cannot be stored."""
        received = await super().get_updates(*args, **kwargs)
        if received:
            await self._durable_queue.store(received)
        return received
