"""Telegram's "retry after" and its moved groups: noted for all processes, and without effect on the calls to other groups."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import structlog
from telegram.error import ChatMigrated, RetryAfter
from telegram.ext import AIORateLimiter

from bot.database import Database
from storage.access import chats, moves
from storage.errors import StorageError
from storage.processes import rate_limits
from telegram_ui.waits import seconds_to_wait

LONGEST_WAIT_SECONDS = 60.0  # of one call; a reply that comes later is of no use any more
LONGEST_HOLD_UP_SECONDS = 2.0  # how long a reply may keep other updates waiting
MOST_MOVES = 10  # answers "it moved" to one call, of which a working Telegram gives one
MAY_COME_LATER = ("sendMessage",)  # calls whose answer nobody needs
CHANGES_A_CHAT = ("send", "edit", "delete", "ban", "unban", "restrict")  # beginnings of calls that heed its waits
ABOUT_A_MESSAGE = ("message_id", "reply_parameters")  # in a supergroup the same id belongs to another message

log = structlog.get_logger()
Call = Callable[[], Coroutine[Any, Any, Any]]


class SharedRateLimiter(AIORateLimiter):
    """python-telegram-bot's limiter, which shares waits and moves with the actions process through the database."""

    def __init__(self, database: Database) -> None:
        super().__init__(max_retries=0)  # its own retries would hold up the calls to all chats
        self._database = database
        self._delayed: set[asyncio.Task[Any]] = set()

    async def shutdown(self) -> None:
        """Drop the replies that still wait."""
        for reply in self._delayed:
            reply.cancel()
        await asyncio.gather(*self._delayed, return_exceptions=True)
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
        """Make a call of the bot's; a reply that has to wait long is sent later, and the bot goes on."""

        async def call() -> Any:
            return await super(SharedRateLimiter, self).process_request(
                callback, args, kwargs, endpoint, data, rate_limit_args
            )

        if not isinstance(data.get("chat_id"), int):
            return await call()
        data["chat_id"] = await self._present_chat_id(data)
        delay_seconds = await self._stored_wait(data["chat_id"]) if endpoint.startswith(CHANGES_A_CHAT) else 0.0
        if endpoint not in MAY_COME_LATER:
            return await self._call_in_time(call, data, delay_seconds, LONGEST_HOLD_UP_SECONDS)
        reply = asyncio.create_task(self._call_in_time(call, data, delay_seconds, LONGEST_WAIT_SECONDS))
        is_soon = delay_seconds <= LONGEST_HOLD_UP_SECONDS
        await asyncio.wait({reply}, timeout=LONGEST_HOLD_UP_SECONDS if is_soon else 0)
        if reply.done():
            return reply.result()
        self._delayed.add(reply)
        reply.add_done_callback(self._delayed_reply_ended)
        return _message_to_come(data)

    def _delayed_reply_ended(self, reply: asyncio.Task[Any]) -> None:
        self._delayed.discard(reply)
        if not reply.cancelled() and (error := reply.exception()) is not None:
            log.warning("a reply was not sent", reason=f"{type(error).__name__}: {error}")

    async def _call_in_time(self, call: Call, data: dict[str, Any], delay_seconds: float, longest: float) -> Any:
        """Make the call when Telegram allows it, if that is within `longest` seconds. Raises what Telegram answers, RetryAfter too."""
        deadline, n_moves = time.monotonic() + longest, 0
        while True:
            if delay_seconds > deadline - time.monotonic():
                raise RetryAfter(timedelta(seconds=delay_seconds))
            await asyncio.sleep(delay_seconds)
            try:
                return await call()
            except RetryAfter as error:
                delay_seconds = await self._note_wait(data["chat_id"], error) + 0.1
            except ChatMigrated as error:
                n_moves, delay_seconds = n_moves + 1, 0.0
                await self._note_move(data["chat_id"], error.new_chat_id)
                if n_moves >= MOST_MOVES or _is_about_a_message(data):
                    raise
                data["chat_id"] = error.new_chat_id

    async def _present_chat_id(self, data: dict[str, Any]) -> int:
        """The id that the chat has now; a call about a message keeps the id of the chat that the message is in."""
        chat_id = int(data["chat_id"])
        if chat_id > 0 or _is_about_a_message(data):
            return chat_id
        try:
            return await self._database.read(moves.present, chat_id)
        except StorageError:  # without the database Telegram itself says whether it moved
            return chat_id

    async def _stored_wait(self, chat_id: int) -> float:
        try:
            return await self._database.read(rate_limits.seconds, chat_id)
        except StorageError:  # without the database Telegram itself says whether to wait
            return 0.0

    async def _note_wait(self, chat_id: int, error: RetryAfter) -> float:
        seconds = seconds_to_wait(error)
        try:
            await self._database.write(rate_limits.note, chat_id, seconds)
        except StorageError as away:
            log.warning("database out of reach: only this process waits", reason=str(away))
        return seconds

    async def _note_move(self, old_id: int, new_id: int) -> None:
        try:
            await self._database.write(chats.move_group, old_id, new_id)
        except StorageError as away:
            log.warning("database out of reach: the move is learned of again", reason=str(away))


def _is_about_a_message(data: dict[str, Any]) -> bool:
    return any(data.get(name) is not None for name in ABOUT_A_MESSAGE)


def _message_to_come(data: dict[str, Any]) -> dict[str, Any]:
    """A message as Telegram describes one that it will send later: with 0 for its id."""
    chat = {"id": data["chat_id"], "type": "private" if data["chat_id"] > 0 else "supergroup"}
    return {"message_id": 0, "date": int(time.time()), "chat": chat, "text": str(data.get("text", ""))}
