"""Albums: messages that arrived together, so that an order or a report about one means all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Message
from storage.types import ERASED


def together(session: Session, message: Message) -> list[Message]:
    """The messages of this one's album, itself among them, in order."""
    if message.album_id is None:
        return [message]
    parts = select(Message).filter_by(chat_id=message.chat_id, album_id=message.album_id)
    return list(session.scalars(parts.order_by(Message.message_id)))


def message_ids(session: Session, messages: Sequence[Message]) -> dict[int, tuple[int, ...]]:
    """For each message, by its row, the platform's numbers of its album in order; of a single message its own."""
    album_ids = {message.album_id for message in messages if message.album_id is not None}
    parts = select(Message.chat_id, Message.album_id, Message.message_id).where(Message.album_id.in_(album_ids))
    parts = parts.where(Message.chat_id.in_({message.chat_id for message in messages}))
    by_album: dict[tuple[int, str | None], list[int]] = defaultdict(list)
    for chat_id, album_id, message_id in session.execute(parts.order_by(Message.message_id)):
        by_album[chat_id, album_id].append(message_id)
    return {
        message.id: tuple(by_album.get((message.chat_id, message.album_id), [message.message_id]))
        for message in messages
    }


def worded(session: Session, message: Message) -> Message:
    """The part of the album whose words are judged: the message itself if it has words, or if no part has any."""
    if message.text != ERASED:
        return message
    return next((part for part in together(session, message) if part.text != ERASED), message)
