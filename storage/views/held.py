"""Held messages as the site shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Chat, Hold, HoldState, Message
from storage.moderation.policies.holds import REPORTS


@dataclass(frozen=True)
class HeldMessage:
    """A message that waits for a moderator to let it in."""

    id: int
    chat_title: str
    author_name: str
    text: str
    signs: tuple[str, ...]
    held_at: datetime


def page(
    session: Session, limit: int, before: int | None = None, chats: tuple[int, ...] | None = None
) -> list[HeldMessage]:
    """The newest held messages in these chats or in all; `before` pages on."""
    rows = select(Message, Chat.title, Hold.created_at).join(Hold, Hold.message_id == Message.id).join(Message.chat)
    rows = rows.where(Hold.state == HoldState.HELD, Hold.reason != REPORTS).order_by(Message.id.desc()).limit(limit)
    rows = rows if chats is None else rows.where(Message.chat_id.in_(chats))
    rows = rows if before is None else rows.where(Message.id < before)
    return [
        HeldMessage(message.id, title, message.author_name, message.text, tuple(message.signs), held_at)
        for message, title, held_at in session.execute(rows)
    ]
