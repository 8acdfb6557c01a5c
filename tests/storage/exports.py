"""Telegram Desktop's exports, made in the test."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from storage.exported import ExportedMessage, ExportItem
from storage.telegram_export import read

NOON = 1_735_732_800  # 2025-01-01T12:00:00Z
HEAD = '{{\n "name": {name},\n "type": {kind},\n "id": {number},\n "messages": [\n'


def said(number: int, text: Any = None, author: int = 7, **changes: Any) -> dict[str, Any]:
    """A message of a member, a minute after the one before it."""
    text = f"what I wanted to say is {number}" if text is None else text
    message = {
        "id": number,
        "type": "message",
        "date": "2025-01-01T15:00:00",
        "date_unixtime": str(NOON + 60 * number),
        "from": "Ann",
        "from_id": f"user{author}",
        "text": text,
        "text_entities": [],
    }
    return message | changes


def service(number: int, action: str = "pin_message", **changes: Any) -> dict[str, Any]:
    moment = {"date": "2025-01-01T15:00:00", "date_unixtime": str(NOON + 60 * number)}
    return {"id": number, "type": "service", **moment, "actor": "Ann", "actor_id": "user7", "action": action} | changes


def head(kind: str | None = "private_supergroup", number: Any = 123, name: str | None = "a group") -> bytes:
    return HEAD.format(name=json.dumps(name), kind=json.dumps(kind), number=json.dumps(number)).encode()


def export(*messages: Any, **about: Any) -> bytes:
    """A whole result.json."""
    return head(**about) + b",\n".join(json.dumps(message, indent=1).encode() for message in messages) + b"\n]\n}"


def in_parts(whole: bytes, size: int = 1_000) -> Iterator[bytes]:
    return (whole[start : start + size] for start in range(0, len(whole), size))


def items(*messages: Any) -> list[ExportItem]:
    return list(read([export(*messages)])[1])


def texts(messages: list[ExportItem]) -> list[str]:
    return [one.text for one in messages if isinstance(one, ExportedMessage)]
