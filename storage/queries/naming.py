"""A name that is new in a chat counts among its author's words where it says more than who they are."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Message

FIRST_MESSAGES = 3  # under a name in a chat, with which it is judged; what it says is known by then


def named(session: Session, chat_id: int, author_id: int | None, message_id: int, name: str, telling_name: str) -> str:
    """The whole name, if the message is among the first that the author wrote in the chat under it; else nothing.

    A member of a thousand messages may take an advertisement for a name, which is read then as a newcomer's is.
    """
    if author_id is None or not telling_name:
        return ""
    earlier = select(Message.id).where(Message.chat_id == chat_id, Message.author_id == author_id)
    earlier = earlier.where(Message.message_id < message_id, Message.author_name == name)
    newest = session.scalars(earlier.order_by(Message.id.desc()).limit(FIRST_MESSAGES)).all()
    return telling_name if len(newest) < FIRST_MESSAGES else ""
