"""The bot's half of "nothing is lost": a queue that commits each raw update before Telegram is told.

python-telegram-bot confirms an update as soon as it has put it into its queue. This queue's `put` first stores
the update; where that fails it raises NetworkError, so polling backs off with the offset unmoved and a webhook
answers with an error, and Telegram sends the update again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from telegram import Bot, Update
from telegram.error import NetworkError

from storage.errors import StorageError
from storage.queries import updates
from storage.session import reading, transaction

T = TypeVar("T")
log = structlog.get_logger()


class Memory:
    """The database as the bot's coroutines use it: every call runs in a thread, in a transaction of its own."""

    def __init__(self, engine: Engine, bot_id: int) -> None:
        self._engine, self.bot_id = engine, bot_id

    async def write(self, query: Callable[..., T], *arguments: Any) -> T:
        """Run `query(session, *arguments)` and commit. Raises DatabaseUnreachable."""

        def run() -> T:
            with transaction(self._engine) as session:
                return query(session, *arguments)

        return await asyncio.to_thread(run)

    async def read(self, query: Callable[..., T], *arguments: Any) -> T:
        """Run `query(session, *arguments)` without writing. Raises DatabaseUnreachable."""

        def run() -> T:
            with reading(self._engine) as session:
                return query(session, *arguments)

        return await asyncio.to_thread(run)

    async def settle(self, update: Update, query: Callable[[Session], T]) -> T:
        """Run `query(session)` and mark the update handled, in one transaction. Raises DatabaseUnreachable."""

        def both(session: Session) -> T:
            answer = query(session)
            updates.handled(session, self.bot_id, update.update_id)
            return answer

        return await self.write(both)


class DurableQueue(asyncio.Queue[object]):
    """The application's update queue: what is in it is in the database first."""

    def __init__(self, memory: Memory) -> None:
        super().__init__()
        self._memory = memory

    async def put(self, item: object) -> None:
        """Store, then queue. Raises NetworkError where it cannot be stored."""
        if not isinstance(item, Update):
            await super().put(item)
            return
        try:
            is_new = await self._memory.write(updates.keep, self._memory.bot_id, item.update_id, item.to_dict())
        except (StorageError, SQLAlchemyError) as error:  # whatever it is: any other error would end the polling
            log.warning("database out of reach: updates stay with Telegram", reason=str(error))
            raise NetworkError(str(error)) from error
        if is_new:
            await super().put(item)

    async def replay(self, bot: Bot) -> int:
        """Queue what was stored and not handled when the last process ended. Returns how many."""
        waiting = await self._memory.read(updates.unhandled, self._memory.bot_id)
        for payload in waiting:
            await super().put(Update.de_json(payload, bot))
        return len(waiting)
