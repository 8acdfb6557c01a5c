"""Files of messages that the bot can send again by their id."""

from __future__ import annotations

from typing import Any

from telegram import Bot

CAPTIONED = ("photo", "video", "animation", "voice", "audio", "document")
COVERED = ("photo", "video", "animation")  # can be hidden behind a spoiler
KINDS = (*CAPTIONED, "video_note", "sticker")

File = tuple[str, str]  # its kind and its id


def file_of(picture_id: str | None, attachment: str | None) -> File | None:
    """The file of a message with this picture or attachment (kind and id), if it can be sent again."""
    if picture_id is not None:
        return "photo", picture_id
    kind, _, file_id = (attachment or "").partition(":")
    return (kind, file_id) if kind in KINDS else None


async def send(bot: Bot, to: int, file: File, thread_id: int | None, **about: Any) -> Any:
    """Send it to that chat, in that topic; `about` is what else Telegram's method takes."""
    kind, file_id = file
    return await getattr(bot, f"send_{kind}")(chat_id=to, message_thread_id=thread_id, **{kind: file_id}, **about)
