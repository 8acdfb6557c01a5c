"""Telegram's "retry after" and its moved groups: noted for all processes, and no business of other groups'."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import structlog
from telegram.error import ChatMigrated, RetryAfter
from telegram.ext import AIORateLimiter

from bot.memory import Memory
from storage.errors import StorageError
from storage.queries import chats, moves, waits

LONGEST_WAIT_SECONDS = 60.0  # of one call; a reply that is later than that says nothing any more
HELD_UP_SECONDS = 2.0  # other updates wait so long for a reply, no longer
MOST_MOVES = 10  # answers "it moved" to one call, which a Telegram in order gives once
SAID_LATER = ("sendMessage",)  # calls whose answer nobody needs
ASKS_FIRST = ("send", "edit", "delete", "ban", "unban", "restrict")  # calls that change something in a chat
ABOUT_A_MESSAGE = ("message_id", "reply_parameters")  # whose number the supergroup gave to another message

log = structlog.get_logger()
Call = Callable[[], Coroutine[Any, Any, Any]]


class SharedPatience(AIORateLimiter):
    """python-telegram-bot's limiter, which heeds and notes the waits and moves that the actions process sees too."""

    def __init__(self, memory: Memory) -> None:
        super().__init__(max_retries=0)  # its own retries would hold up the calls to all chats
        self._memory = memory
        self._later: set[asyncio.Task[Any]] = set()

    async def shutdown(self) -> None:
        """Let go of the replies that wait still."""
        for waiting in self._later:
            waiting.cancel()
        await asyncio.gather(*self._later, return_exceptions=True)
        await super().shutdown()

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        async def call() -> Any:
            return await super(SharedPatience, self).process_request(
                callback, args, kwargs, endpoint, data, rate_limit_args
            )

        if not isinstance(data.get("chat_id"), int):
            return await call()
        data["chat_id"] = await self._present(data)
        waits_for = await self._seconds(data["chat_id"]) if endpoint.startswith(ASKS_FIRST) else 0.0
        if endpoint not in SAID_LATER:
            return await self._patiently(call, data, waits_for, HELD_UP_SECONDS)
        saying = asyncio.create_task(self._patiently(call, data, waits_for, LONGEST_WAIT_SECONDS))
        await asyncio.wait({saying}, timeout=HELD_UP_SECONDS if waits_for <= HELD_UP_SECONDS else 0)
        if saying.done():
            return saying.result()
        self._later.add(saying)
        saying.add_done_callback(self._said)
        return _to_be_said(data)

    def _said(self, saying: asyncio.Task[Any]) -> None:
        self._later.discard(saying)
        if not saying.cancelled() and (error := saying.exception()) is not None:
            log.warning("a reply was not sent", reason=f"{type(error).__name__}: {error}")

    async def _patiently(self, call: Call, data: dict[str, Any], waits_for: float, longest: float) -> Any:
        """Make the call when Telegram wants it, if that is soon enough. Raises what Telegram answers, RetryAfter too."""
        until, moved = time.monotonic() + longest, 0
        while True:
            if waits_for > until - time.monotonic():
                raise RetryAfter(timedelta(seconds=waits_for))
            await asyncio.sleep(waits_for)
            try:
                return await call()
            except RetryAfter as error:
                waits_for = await self._note_wait(data["chat_id"], error) + 0.1
            except ChatMigrated as error:
                moved, waits_for = moved + 1, 0.0
                await self._note_move(data["chat_id"], error.new_chat_id)
                if moved >= MOST_MOVES or _is_about_a_message(data):
                    raise
                data["chat_id"] = error.new_chat_id

    async def _present(self, data: dict[str, Any]) -> int:
        """The chat's number of today; what is about a message goes to none where the message is not."""
        chat_id = int(data["chat_id"])
        if chat_id > 0 or _is_about_a_message(data):
            return chat_id
        try:
            return await self._memory.read(moves.present, chat_id)
        except StorageError:  # without the database Telegram itself says whether it moved
            return chat_id

    async def _seconds(self, chat_id: int) -> float:
        try:
            return await self._memory.read(waits.seconds, chat_id)
        except StorageError:  # without the database Telegram itself says whether to wait
            return 0.0

    async def _note_wait(self, chat_id: int, error: RetryAfter) -> float:
        wait = error.retry_after
        seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
        try:
            await self._memory.write(waits.note, chat_id, seconds)
        except StorageError as away:
            log.warning("database out of reach: only this process waits", reason=str(away))
        return seconds

    async def _note_move(self, old_id: int, new_id: int) -> None:
        try:
            await self._memory.write(chats.moves, old_id, new_id)
        except StorageError as away:
            log.warning("database out of reach: the move is learned of again", reason=str(away))


def _is_about_a_message(data: dict[str, Any]) -> bool:
    return any(data.get(name) is not None for name in ABOUT_A_MESSAGE)


def _to_be_said(data: dict[str, Any]) -> dict[str, Any]:
    """A message as Telegram describes one that it will send later: without a number yet."""
    chat = {"id": data["chat_id"], "type": "private" if data["chat_id"] > 0 else "supergroup"}
    return {"message_id": 0, "date": int(time.time()), "chat": chat, "text": str(data.get("text", ""))}
