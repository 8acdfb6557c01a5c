"""The chats that are moderated, and what each has chosen."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.errors import UnknownChat
from storage.models import Chat, Strictness


def every(session: Session) -> list[Chat]:
    """All chats, the first seen first."""
    return list(session.scalars(select(Chat).order_by(Chat.id)))


def choose_strictness(session: Session, chat_id: int, strictness: Strictness) -> Chat:
    """From the next verdict on, the chat's thresholds are those of `strictness`. Raises UnknownChat."""
    chat = session.get(Chat, chat_id)
    if chat is None:
        raise UnknownChat(chat_id)
    chat.strictness = strictness
    return chat
