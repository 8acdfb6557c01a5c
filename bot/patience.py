"""Telegram's "retry after" is one process's business no longer: noted for all, and asked before each call to a chat."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import structlog
from telegram.error import RetryAfter
from telegram.ext import AIORateLimiter

from bot.memory import Memory
from storage.errors import StorageError
from storage.queries import waits

LONGEST_WAIT_SECONDS = 60.0  # of one call; a reply that is later than that says nothing any more
ASKS_FIRST = ("send", "edit", "delete", "ban", "unban", "restrict")  # calls that change something in a chat

log = structlog.get_logger()


class SharedPatience(AIORateLimiter):
    """python-telegram-bot's limiter, which heeds and notes the waits that the actions process sees too."""

    def __init__(self, memory: Memory, max_retries: int) -> None:
        super().__init__(max_retries=max_retries)
        self._memory = memory

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        chat_id = data.get("chat_id")
        if not isinstance(chat_id, int):
            return await super().process_request(callback, args, kwargs, endpoint, data, rate_limit_args)
        if endpoint.startswith(ASKS_FIRST):
            await self._heed(chat_id)

        async def noting(*inner: Any, **named: Any) -> Any:
            try:
                return await callback(*inner, **named)
            except RetryAfter as error:
                await self._note(chat_id, error)
                raise

        return await super().process_request(noting, args, kwargs, endpoint, data, rate_limit_args)

    async def _heed(self, chat_id: int) -> None:
        try:
            seconds = await self._memory.read(waits.seconds, chat_id)
        except StorageError:  # without the database Telegram itself says whether to wait
            return
        if seconds:
            await asyncio.sleep(min(seconds, LONGEST_WAIT_SECONDS))

    async def _note(self, chat_id: int, error: RetryAfter) -> None:
        wait = error.retry_after
        seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
        try:
            await self._memory.write(waits.note, chat_id, seconds)
        except StorageError as away:
            log.warning("database out of reach: only this process waits", reason=str(away))
