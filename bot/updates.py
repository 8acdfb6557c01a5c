"""The durable update queue: it commits each raw update before Telegram is told that the bot has it.

python-telegram-bot confirms an update as soon as it has put it into its queue. This queue's `put` stores the update
first; where that fails it raises NetworkError, so polling backs off without moving its offset, a webhook answers with
an error, and Telegram sends the update again.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog
from prometheus_client import Counter
from sqlalchemy.exc import SQLAlchemyError
from telegram import Bot, Update
from telegram.error import NetworkError

from bot.database import Database
from jobs.metrics import REGISTRY
from storage.errors import StorageError
from storage.processes import updates

UPDATES = Counter("hamlet_updates", "Updates of Telegram's that were stored", registry=REGISTRY)

log = structlog.get_logger()


class DurableQueue(asyncio.Queue[object]):
    """The application's update queue: whatever is in it is already in the database."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database
        self._is_due = asyncio.Event()

    async def put(self, item: object) -> None:
        """Store, then queue. Raises NetworkError where it cannot be stored."""
        if not isinstance(item, Update):
            await super().put(item)
            return
        try:
            is_new = await self._database.write(updates.keep, self._database.bot_id, item.update_id, item.to_dict())
        except (StorageError, SQLAlchemyError) as error:  # whatever it is: any other error would end the polling
            log.warning("database out of reach: updates stay with Telegram", reason=str(error))
            self.ask_for_replay()  # it may be stored all the same, if the connection broke at the commit
            raise NetworkError(str(error)) from error
        if is_new:
            UPDATES.inc()
            await super().put(item)

    def ask_for_replay(self) -> None:
        """The database was away while an update was handled: it is to be handled again soon."""
        self._is_due.set()

    async def replay_due(self, at_least: float, at_most: float) -> None:
        """Wait `at_least` so many seconds, and then until a replay is asked for or `at_most` so many are over."""
        await asyncio.sleep(at_least)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._is_due.wait(), at_most - at_least)
        self._is_due.clear()

    async def replay(self, bot: Bot) -> int:
        """Queue what was stored and not handled when the last process ended. Returns how many updates that were.

        One that this release of the library cannot read counts as failed, and keeps none of the others from being handled.
        """
        payloads = await self._database.read(updates.unhandled, self._database.bot_id)
        for update_id, payload in payloads.items():
            try:
                update = Update.de_json(payload, bot)
            except Exception as error:  # the library's refusals have no common class
                reason = f"cannot be read ({type(error).__name__})"
                await self._database.write(updates.failed, self._database.bot_id, update_id, reason)
                continue
            await super().put(update)
        return len(payloads)
