"""The database as the bot's coroutines use it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session
from telegram import Update

from storage.processes import updates
from storage.session import reading, transaction

T = TypeVar("T")


class Database:
    """Runs queries for coroutines: each call in a thread and in a transaction of its own."""

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
        """Run `query(session)` and mark the update handled, in one transaction.

        Raises AlreadyHandled, with nothing stored, and DatabaseUnreachable.
        """

        def both(session: Session) -> T:
            # first: the query may erase the update too, and nothing of it is to happen twice
            updates.handled(session, self.bot_id, update.update_id)
            return query(session)

        return await self.write(both)

    async def mark_handled(self, update: Update) -> None:
        """Settle an update of which nothing else is stored. Raises AlreadyHandled and DatabaseUnreachable."""
        await self.write(updates.handled, self.bot_id, update.update_id)

    async def take_step(self, update: Update, query: Callable[[Session], T]) -> T:
        """Run `query(session)`, one of the steps before the update is settled, unless it is handled by now.

        Raises AlreadyHandled, with nothing stored, and DatabaseUnreachable.
        """

        def step(session: Session) -> T:
            updates.require_unhandled(session, self.bot_id, update.update_id)
            return query(session)

        return await self.write(step)
