"""What comes of a call: a receipt, or the reason why nothing was done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from telegram import ChatMember
from telegram.error import ChatMigrated, NetworkError, RetryAfter, TelegramError

from storage.sanctions import Reason

Receipt = dict[str, Any]


class NotDone(Exception):
    """What was requested did not happen, and asking Telegram again would not change that."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(str(reason))
        self.reason = reason


class Unanswered(NetworkError):
    """A post was sent, or part of it, and no answer came: it may stand in the chat or not."""


class RefusedInChat(Exception):
    """Telegram answered a call to that chat with another id to call, or with a wait."""

    def __init__(self, chat_id: int, error: TelegramError) -> None:
        super().__init__(f"{chat_id}: {error}")
        self.chat_id, self.error = chat_id, error


@contextmanager
def calling(chat_id: int) -> Iterator[None]:
    """Wrap calls to one of several chats. Raises RefusedInChat, so that it is known which chat the answer is about."""
    try:
        yield
    except (ChatMigrated, RetryAfter) as error:
        raise RefusedInChat(chat_id, error) from error


def end_of(member: ChatMember | None) -> datetime | None:
    """When a ban or restriction ends, None for never: Telegram writes 0."""
    until = getattr(member, "until_date", None)
    return until if until is not None and until.timestamp() > 0 else None
