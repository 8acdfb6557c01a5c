"""Albums: messages that came together, of which whoever orders or reports means all."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Message
from storage.types import ERASED


def together(session: Session, message: Message) -> list[Message]:
    """The messages that came with this one as one album, itself among them, in their order."""
    if message.album_id is None:
        return [message]
    parts = select(Message).filter_by(chat_id=message.chat_id, album_id=message.album_id)
    return list(session.scalars(parts.order_by(Message.message_id)))


def worded(session: Session, message: Message) -> Message:
    """The part of the album whose words are judged; the message itself where it has words or no other part has any."""
    if message.text != ERASED:
        return message
    return next((part for part in together(session, message) if part.text != ERASED), message)
