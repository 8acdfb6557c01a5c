"""Lengths of text as Telegram counts them: in UTF-16 units, of which an emoji takes two or more."""

from __future__ import annotations

from telegram import MessageEntity

LONGEST_TEXT, LONGEST_CAPTION = 4_096, 1_024  # of a message and under a picture, in UTF-16 units


def utf16_length(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def shortened(text: str, longest: int) -> str:
    """The text, or as much of its beginning as fits into so many UTF-16 units, with an ellipsis."""
    if utf16_length(text) <= longest:
        return text
    n_bytes = (max(longest, 1) - 1) * 2
    return text.encode("utf-16-le")[:n_bytes].decode("utf-16-le", "ignore") + "…"


def spoiler(before: str, covered: str) -> MessageEntity:
    """The entity that hides `covered`, which stands behind `before`, until a reader taps it."""
    return MessageEntity(MessageEntity.SPOILER, offset=utf16_length(before), length=utf16_length(covered))
