"""What comes of a call: a receipt, or the reason why nothing was done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from telegram import ChatMember
from telegram.error import ChatMigrated, RetryAfter, TelegramError

from storage.sanctions import Reason

Receipt = dict[str, Any]


class NotDone(Exception):
    """What was asked for did not happen, and asking Telegram again would not change that."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(str(reason))
        self.reason = reason


class RefusedThere(Exception):
    """Telegram answered a call to that chat with a number to call instead, or with patience."""

    def __init__(self, chat_id: int, error: TelegramError) -> None:
        super().__init__(f"{chat_id}: {error}")
        self.chat_id, self.error = chat_id, error


@contextmanager
def calling(chat_id: int) -> Iterator[None]:
    """Around calls to one of several chats. Raises RefusedThere, so that it is known which chat the answer is about."""
    try:
        yield
    except (ChatMigrated, RetryAfter) as error:
        raise RefusedThere(chat_id, error) from error


def says(error: TelegramError, known: tuple[str, ...]) -> bool:
    """Whether Telegram's words hold one of these."""
    return any(words in str(error).lower() for words in known)


def end_of(member: ChatMember | None) -> datetime | None:
    """When a ban or restriction ends, None for never: Telegram writes 0."""
    until = getattr(member, "until_date", None)
    return until if until is not None and until.timestamp() > 0 else None
