"""A newcomer's name counts among their words where it says more than who they are."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Message

FIRST_MESSAGES = 3  # of somebody in a chat, with which the name is judged; what it says is known by then


def named(session: Session, chat_id: int, author_id: int | None, message_id: int, telling_name: str) -> str:
    """The name, if the message of that number is among the author's first in the chat; else nothing."""
    if author_id is None or not telling_name:
        return ""
    earlier = select(Message.id).where(Message.chat_id == chat_id, Message.author_id == author_id)
    earlier = earlier.where(Message.message_id < message_id).limit(FIRST_MESSAGES)
    return telling_name if len(session.scalars(earlier).all()) < FIRST_MESSAGES else ""
