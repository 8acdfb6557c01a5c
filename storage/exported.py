"""Reads one message of Telegram Desktop's export: a member's text, a join, or why it is left out. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from storage.formats import LONGEST_TEXT

USER = re.compile(r"user([0-9]{1,18})")
JOINS = ("join_group_by_link", "join_group_by_request")  # of invited members the export has only names
LARGEST_NUMBER = 2**62


@dataclass(frozen=True)
class ExportedMessage:
    """A text that a member wrote."""

    message_id: int
    author_id: int
    author_name: str
    text: str
    sent_at: datetime
    edited_at: datetime | None


@dataclass(frozen=True)
class Joined:
    """Somebody who joined the group, not invited by another, and when."""

    user_id: int
    at: datetime


class LeftOut(StrEnum):
    """Why a message is not taken."""

    SERVICE = "service messages"
    CHANNEL = "of channels, or of nobody"
    BOT = "of bots"
    FORWARD = "forwarded"
    EMPTY = "without a text"
    UNREADABLE = "not understood"


ExportItem = ExportedMessage | Joined | LeftOut


def export_item(message: Any) -> ExportItem:
    """What an item of the export's `messages` holds."""
    if not isinstance(message, dict):
        return LeftOut.UNREADABLE
    sent_at = _moment(message, "date")
    if message.get("type") == "service":
        return _service(message, sent_at)
    number, author = _number(message.get("id")), _user(message.get("from_id"))
    if message.get("type") != "message" or sent_at is None or number is None:
        return LeftOut.UNREADABLE
    if author is None:
        return LeftOut.CHANNEL
    if (reason := _not_authored(message)) is not None:
        return reason
    text, name = _text(message.get("text")), message.get("from")
    if not text.strip():
        return LeftOut.EMPTY
    if len(text) > LONGEST_TEXT:
        return LeftOut.UNREADABLE
    author_name = name if isinstance(name, str) else ""
    return ExportedMessage(number, author, author_name, text, sent_at, _moment(message, "edited"))


def _service(message: dict[str, Any], at: datetime | None) -> Joined | LeftOut:
    user = _user(message.get("actor_id"))
    if message.get("action") in JOINS and user is not None and at is not None:
        return Joined(user, at)
    return LeftOut.SERVICE


def _not_authored(message: dict[str, Any]) -> LeftOut | None:
    """Why the message was not written by the member who sent it; None if it was.

    Exports do not mark bots, but a bot's messages have buttons, and messages sent through a bot name it.
    """
    if message.get("via_bot") or message.get("inline_bot_buttons"):
        return LeftOut.BOT
    is_forward = "forwarded_from" in message or "forwarded_from_id" in message
    return LeftOut.FORWARD if is_forward and _user(message.get("forwarded_from_id")) is None else None


def _text(written: Any) -> str:
    """The text, followed by the targets of hidden links, as the bot receives it."""
    parts = written if isinstance(written, list) else [written]
    entities = [part for part in parts if isinstance(part, dict)]
    words = [part.get("text") if isinstance(part, dict) else part for part in parts]
    links = [entity["href"] for entity in entities if isinstance(entity.get("href"), str)]
    return "\n".join(dict.fromkeys(["".join(word for word in words if isinstance(word, str)), *links]))


def _moment(message: dict[str, Any], name: str) -> datetime | None:
    """The time of that name: seconds since 1970 or, in exports before 2021, a local date and time, taken as UTC."""
    try:
        if (seconds := message.get(f"{name}_unixtime")) is not None:
            return datetime.fromtimestamp(int(seconds), UTC)
        return datetime.fromisoformat(str(message[name])).replace(tzinfo=UTC)
    except (KeyError, ValueError, TypeError, OverflowError, OSError):
        return None


def _user(peer: Any) -> int | None:
    match = USER.fullmatch(peer) if isinstance(peer, str) else None
    return int(match[1]) if match else None


def _number(value: Any) -> int | None:
    return value if type(value) is int and abs(value) < LARGEST_NUMBER else None
