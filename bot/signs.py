"""What a Telegram message carries beside its words, as words of Sign, and the file that it can be posted again by. Pure."""

from __future__ import annotations

import re

from telegram import Message, MessageEntity

from bot import visible
from storage.models import Sign

BY_FIELD = {
    "photo": Sign.PICTURE,
    "paid_media": Sign.PICTURE,
    "video": Sign.VIDEO,
    "animation": Sign.VIDEO,
    "video_note": Sign.VIDEO,
    "voice": Sign.VOICE,
    "audio": Sign.VOICE,
    "sticker": Sign.STICKER,
    "story": Sign.STORY,
    "contact": Sign.CONTACT,
    "document": Sign.FILE,
}
FILES = ("animation", "video", "video_note", "voice", "audio", "sticker", "document")
LINKS = (MessageEntity.URL, MessageEntity.TEXT_LINK)
ADDRESS = re.compile(r"https?://\S|\bwww\.\w|\b(?:t|telegram)\.me/\w", re.IGNORECASE)
BOT = re.compile(r"(?<![\w@./])@\w{2,}bot\b|\b(?:t|telegram)\.me/\w{2,}bot\b", re.IGNORECASE)
IMAGE = "image/"


def of(message: Message) -> tuple[Sign, ...]:
    """The message's signs, each once."""
    words = visible.words(message)
    signs = [_by_kind(message, field, sign) for field, sign in BY_FIELD.items() if getattr(message, field)]
    if message.forward_origin is not None:
        signs.append(Sign.FORWARD)
    if _has_link_entity(message) or ADDRESS.search(words):
        signs.append(Sign.LINK)
    if BOT.search(words):
        signs.append(Sign.BOT_MENTION)
    if _is_by_deleted_account(message):
        signs.append(Sign.DELETED_ACCOUNT)
    return tuple(dict.fromkeys(signs))


def _is_by_deleted_account(message: Message) -> bool:
    """Telegram shows a deleted account as a person without a name."""
    author = message.from_user
    return author is not None and message.sender_chat is None and not author.first_name


def _by_kind(message: Message, field: str, sign: Sign) -> Sign:
    """What a medium counts as: Telegram sends an animation as a file too, and some send pictures as files."""
    if field != "document" or message.document is None:
        return sign
    if message.animation is not None:
        return Sign.VIDEO
    return Sign.PICTURE if (message.document.mime_type or "").startswith(IMAGE) else sign


def _has_link_entity(message: Message) -> bool:
    return any(entity.type in LINKS for entity in (*message.entities, *message.caption_entities))


def attachment(message: Message) -> str | None:
    """The kind and the id of its file other than a picture, as `video:BAAC…`; None without one."""
    for kind in FILES:
        file = getattr(message, kind)
        if file is not None:
            return f"{kind}:{file.file_id}"
    return None
