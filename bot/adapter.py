"""Telegram's messages to our values. Pure; every quirk of Telegram's messages is met here."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from telegram import Chat, Message, MessageOriginChannel, MessageOriginChat, MessageOriginUser, Update, User
from telegram.constants import ChatType

from bot import signs, visible
from storage import names
from storage.models import Platform
from storage.moderation.receiving import Incoming

GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)


def incoming(update: Update) -> Incoming | None:
    """The group message or edit in the update, or None where there is nothing that a member wrote.

    Left out: private chats, service messages, the linked channel's automatic forwards, anonymous administrators.
    """
    message = update.message or update.edited_message
    if message is None or not _is_whole(message) or message.chat.type not in GROUPS or not _is_written(message):
        return None
    return _incoming(message, is_edit=update.edited_message is not None)


def answered(message: Message) -> Incoming | None:
    """The message that this one replies to, as it stood then, or None where no member wrote it.

    It may be an edit that the bot has not seen otherwise.
    """
    original = message.reply_to_message
    if original is None or not _is_whole(original) or not _is_written(original):
        return None
    return _incoming(original, is_edit=original.edit_date is not None)


def is_by(message: Message, user_id: int) -> bool:
    """Whether this person or bot wrote it in their own name."""
    return message.from_user is not None and message.from_user.id == user_id and message.sender_chat is None


def forwarded_words(message: Message) -> Incoming:
    """The words of a forward alone: its author did not write them here."""
    message_here = _incoming(message, is_edit=False)
    return replace(
        message_here, author_id=None, author_name="", author_username="", telling_name="", text=visible.words(message)
    )


def origin(message: Message) -> tuple[int | None, datetime]:
    """Who wrote what was forwarded, a person or a chat, if Telegram says so, and when."""
    came_from = message.forward_origin
    sent_at = came_from.date if came_from else message.date
    source: User | Chat | None = None
    if isinstance(came_from, MessageOriginUser):
        source = came_from.sender_user
    elif isinstance(came_from, MessageOriginChat):
        source = came_from.sender_chat
    elif isinstance(came_from, MessageOriginChannel):
        source = came_from.chat
    return source.id if source is not None else None, sent_at


def _incoming(message: Message, is_edit: bool) -> Incoming:
    author, name = message.sender_chat or message.from_user, _name(message)
    return Incoming(
        platform=Platform.TELEGRAM,
        chat_external_id=message.chat.id,
        chat_title=message.chat.title or str(message.chat.id),
        message_id=message.message_id,
        author_id=author.id if author else None,
        author_name=name[: names.LONGEST],
        author_username=(author.username if author else None) or "",
        telling_name=name if names.says_more(name) else "",
        text=authored_text(message),
        sent_at=message.date,
        edited_at=message.edit_date if is_edit else None,
        album_id=message.media_group_id,
        thread_id=message.message_thread_id if message.is_topic_message else None,
        picture_id=message.photo[-1].file_id if message.photo else None,
        media_id=visible.media(message),
        signs=signs.of(message),
        attachment=signs.attachment(message),
    )


def authored_text(message: Message) -> str:
    """What a reader sees that is the author's, whatever kind of message it is.

    A quote from this chat is somebody else's and stays out; one from another chat was brought here by the author, and so
    was the name of its source, if that is an advertisement.
    """
    return "\n".join(dict.fromkeys([*visible.words(message).split("\n"), *visible.telling_names(message)])).strip("\n")


def _is_whole(message: Message) -> bool:
    """Whether it has what every message of Telegram's has; the library reads others, too, and leaves out what is missing."""
    return all(part is not None for part in (message.chat, message.date, message.message_id))


def _is_written(message: Message) -> bool:
    """Whether a member wrote it, rather than Telegram, the linked channel or an anonymous administrator."""
    is_anonymous_admin = message.sender_chat is not None and message.sender_chat.id == message.chat.id
    if message.is_automatic_forward or is_anonymous_admin:
        return False
    return visible.is_written(message)


def _name(message: Message) -> str:
    if message.sender_chat is not None:
        return str(message.sender_chat.title or "a channel")
    return str((message.from_user.full_name if message.from_user else "") or "")  # a deleted account's is None


def moved(message: Message) -> tuple[int, int] | None:
    """A group's old and new id, where this service message says that it became a supergroup."""
    if not _is_whole(message):
        return None
    if message.migrate_to_chat_id is not None:
        return message.chat.id, message.migrate_to_chat_id
    if message.migrate_from_chat_id is not None:
        return message.migrate_from_chat_id, message.chat.id
    return None


def channels_post(update: Update) -> Message | None:
    """The linked channel's post that Telegram forwards into its discussion group, or None."""
    message = update.message
    return message if message is not None and message.is_automatic_forward else None
