"""Decides whether a name is judged with the text: if it is new in the chat and looks like an advertisement."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Message

FIRST_MESSAGES = 3  # of an author under one name, which are judged with it


def named(session: Session, chat_id: int, author_id: int | None, message_id: int, name: str, telling_name: str) -> str:
    """The full name, if the message is among the first that the author wrote in the chat under it; else "".

    A long-standing member may take an advertisement for a name, so the new name is judged as a newcomer's would be.
    """
    if author_id is None or not telling_name:
        return ""
    earlier = select(Message.id).where(Message.chat_id == chat_id, Message.author_id == author_id)
    earlier = earlier.where(Message.message_id < message_id, Message.author_name == name)
    newest = session.scalars(earlier.order_by(Message.id.desc()).limit(FIRST_MESSAGES)).all()
    return telling_name if len(newest) < FIRST_MESSAGES else ""
