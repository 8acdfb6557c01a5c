"""Receives messages: stores each once as pending, and an edit of it in its place with the old text kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from storage import picture_words
from storage.access import chats
from storage.models import Chat, EarlierText, Message, MessageState, Platform, Sign
from storage.moderation import albums, naming, orders, pictures, recent_spam
from storage.moderation.naming import Author
from storage.moderation.requested_actions import consequences
from storage.upsert import inserted_once

KNOWN_AFTER = 20  # messages of one author in one chat that were judged ham

# what is asked about each message, made once: is there recent spam like it, and the message that makes its author known
THEIRS = select(Message.id).where(Message.chat_id == bindparam("chat"), Message.author_id == bindparam("author"))
THEIR_HAM = THEIRS.where(Message.state == MessageState.HAM).order_by(Message.id.desc()).offset(KNOWN_AFTER - 1).limit(1)
ABOUT_TURN = select(recent_spam.SAME.exists(), THEIR_HAM.exists())


@dataclass(frozen=True)
class Incoming:
    """A message as a platform hands it over; `edited_at` is set when it replaces what stood there."""

    platform: Platform
    chat_external_id: int
    chat_title: str
    message_id: int
    author_id: int | None
    author_name: str
    text: str
    sent_at: datetime
    edited_at: datetime | None = None
    album_id: str | None = None
    thread_id: int | None = None
    picture_id: str | None = None
    signs: tuple[Sign, ...] = ()  # what it carries beside its words
    attachment: str | None = None  # kind and id of its file other than a picture
    media_id: str = ""  # tells its picture, video, file, voice or sticker from any other
    author_username: str = ""  # at Telegram, without the @
    telling_name: str = ""  # the author's full name, where it says more than who they are


def receive(session: Session, incoming: Incoming) -> int:
    """Store the message as pending, or its edit; receiving the same again changes nothing. Returns the row's id.

    Names that are new in the chat and say more than who somebody is precede the text.
    """
    chat = chats.get_or_create(session, incoming.platform, incoming.chat_external_id, incoming.chat_title)
    message_id = chats.number_in(chat, incoming.chat_external_id, incoming.message_id)
    author = Author(incoming.author_id, incoming.author_name, incoming.telling_name, incoming.author_username)
    named = naming.named(session, chat.id, message_id, author)
    text = "\n".join([*named, incoming.text]).strip("\n") if named else incoming.text
    columns = _columns(incoming, chat.id, message_id, text) | _turn(session, chat.id, incoming)
    new = inserted_once(session, Message, columns)
    if new is not None:
        (row_id,) = new
        if incoming.album_id is not None or incoming.picture_id is not None or Sign.PICTURE in incoming.signs:
            _follow_media(session, chat, session.get_one(Message, row_id))
        return int(row_id)
    row = select(Message).where(Message.chat_id == chat.id, Message.message_id == message_id)
    message = session.scalars(row.with_for_update()).one()
    if incoming.edited_at is not None:
        is_changed = _receive_edit(session, chat, message, text, incoming, incoming.edited_at)
        if is_changed and named:  # the stored name tells the name before the text from the text itself
            message.author_name = incoming.author_name
    return message.id


def _follow_media(session: Session, chat: Chat, new: Message) -> None:
    """What became of its album happens to a new message, too, and its picture may have to be read first."""
    consequences.for_album_part(session, new)
    pictures.wait_for(session, chat, new)


def _turn(session: Session, chat_id: int, incoming: Incoming) -> dict[str, bool]:
    """What decides the message's turn: whether it repeats no recent spam, and whether its author is known in this chat."""
    is_of_person = incoming.platform == Platform.TELEGRAM and incoming.author_id is not None
    author = {"chat": chat_id, "author": incoming.author_id if is_of_person else None}
    repeats, is_known = session.execute(ABOUT_TURN, author | recent_spam.looked_for(incoming.text)).one()
    return {"is_unlike_spam": not repeats, "is_known": bool(is_known)}


def _columns(incoming: Incoming, chat_id: int, message_id: int, text: str) -> dict[str, Any]:
    return {
        "chat_id": chat_id,
        "message_id": message_id,
        "edited_at": incoming.edited_at,
        "author_id": incoming.author_id,
        "author_name": incoming.author_name,
        "author_username": incoming.author_username,
        "text": text,
        "sent_at": incoming.sent_at,
        "album_id": incoming.album_id,
        "thread_id": incoming.thread_id,
        "picture_id": incoming.picture_id,
        "media_id": incoming.media_id,
        "signs": [str(sign) for sign in incoming.signs],
        "attachment": incoming.attachment,
    }


def _receive_edit(
    session: Session, chat: Chat, message: Message, text: str, incoming: Incoming, edited_at: datetime
) -> bool:
    """Store the edit, with the words of a picture that it left alone; a new one is read. Returns whether anything was new."""
    below = None
    if _has_same_media(message, incoming):
        text, below = pictures.put_below(session, message, text)
    is_changed = _edit(session, message, text, incoming, edited_at)
    if is_changed and (message.image_id is not None or below is None):
        pictures.follow_edit(session, chat, message, below)
    return is_changed


def _edit(session: Session, message: Message, text: str, incoming: Incoming, edited_at: datetime) -> bool:
    """Replace the text and media and have the message judged again. Returns whether anything was new.

    The old text stays for its verdicts. Orders that waited for a verdict on it are carried out now, for none will come.
    """
    is_older = message.edited_at is not None and edited_at < message.edited_at  # whole seconds: equal is not older
    if is_older or (text == message.text and _has_same_media(message, incoming)):
        return False
    if text != message.text and message.state == MessageState.PENDING:
        orders.carry_out_unjudged(session, [message.id])
    orders.place_before(session, message, edited_at)
    session.add(EarlierText(message_id=message.id, edit=message.edit, text=message.text))
    message.text, message.edit, message.edited_at = text, message.edit + 1, edited_at
    message.picture_id, message.media_id = incoming.picture_id, incoming.media_id
    message.signs, message.attachment = [str(sign) for sign in incoming.signs], incoming.attachment
    message.author_username = incoming.author_username or message.author_username
    message.is_unlike_spam = not recent_spam.repeats(session, incoming.text)
    message.state, message.error, message.attempts = MessageState.PENDING, None, 0
    message.lease_holder = message.lease_until = None
    return True


def _has_same_media(message: Message, incoming: Incoming) -> bool:
    """Whether the edit left the media alone. A message from before `media_id` was stored is compared by its picture."""
    if message.media_id is None:
        return message.picture_id == incoming.picture_id
    return message.media_id == incoming.media_id


def name_author(session: Session, message_row: int, author_id: int | None) -> None:
    """Store who wrote a message and its album where that was forgotten, as a reply to it says."""
    for part in albums.together(session, session.get_one(Message, message_row)):
        part.author_id = part.author_id if part.author_id is not None else author_id


def written_by(session: Session, chat_ids: Sequence[int], author_id: int, sent_at: datetime, words: str) -> list[int]:
    """Rows of what this author wrote in those chats at that second, one per album.

    Of several messages, those that end with these words, if there are any.
    """
    by_author = select(Message).where(Message.chat_id.in_(chat_ids), Message.author_id == author_id)
    messages = session.scalars(by_author.where(Message.sent_at == sent_at).order_by(Message.id)).all()
    added = pictures.added(session, [message.id for message in messages])
    own = {message.id: picture_words.without(message.text, added.get(message.id, "")) for message in messages}
    same_words = [message for message in messages if f"\n{own[message.id]}".endswith(f"\n{words}")] or messages
    return list({(message.chat_id, message.album_id or message.id): message.id for message in same_words}.values())
