"""Addresses within Telegram."""

from __future__ import annotations


def message_link(chat_external_id: int, message_id: int) -> str | None:
    """The address of a supergroup's message, for its members; messages of a basic group have none."""
    number = -(10**12) - chat_external_id
    return f"https://t.me/c/{number}/{message_id}" if number > 0 and message_id > 0 else None


def person_link(author_id: int) -> str | None:
    """The address of a person's page; a channel (below 0) has none that everybody can open."""
    return f"tg://user?id={author_id}" if author_id > 0 else None
