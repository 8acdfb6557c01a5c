"""What a reader sees of a Telegram message: the words of every kind there is, and of kinds that are still to come.

A message is read as Telegram sent it, by `to_dict()`, which holds also what the library does not know yet. Whatever is
not about the message (who, where, when) is its content, and every string of the content counts that is no identifier.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from telegram import (
    Message,
    MessageOrigin,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginHiddenUser,
    MessageOriginUser,
)

from bot.message_fields import ABOUT, CHATS, FIRST, PREVIEWS, QUOTED, SERVICE, SIZES, UNSEEN
from storage import names

LONGEST_MEDIA = 64  # characters, which hold four ids as Telegram writes them; more of them are hashed
LIBRARY_NAMES = frozenset(Message.__slots__)
Payload = dict[str, Any]


class _One:
    """A message told from others by identity: an edit has the same number, so to the library they are equal."""

    def __init__(self, message: Message) -> None:
        self.message = message

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _One) and other.message is self.message

    def __hash__(self) -> int:
        return id(self.message)


@lru_cache(maxsize=2)
def _written_out(one: _One) -> Payload:
    """The message as Telegram sent it. The latest are kept, as each is asked several things in a row, and none changes it."""
    payload: Payload = one.message.to_dict()
    return payload


def _payload(message: Message) -> Payload:
    return _written_out(_One(message))


def words(message: Message) -> str:
    """Every string that a reader sees, one a line, none twice."""
    content = _content(_payload(message))
    is_quote_of_this_chat = _quotes_this_chat(message)
    parts = [str(content[name]) for name in FIRST if name in content]
    for name, value in content.items():
        if name not in FIRST and not (is_quote_of_this_chat and name in QUOTED):
            parts += _strings(name, value)
    return "\n".join(part for part in dict.fromkeys(parts) if part)


def media(message: Message) -> str:
    """Which pictures, videos, files, voices or stickers of the author's it consists of, whatever they are called; "" is none.

    Two messages with the same media have the same string, although the ids of their files differ.
    """
    content = _content(_payload(message))
    ids = [file_id for name, value in content.items() if name not in QUOTED for file_id in _files(name, value)]
    joined = " ".join(dict.fromkeys(ids))
    return joined if len(joined) <= LONGEST_MEDIA else hashlib.sha256(joined.encode()).hexdigest()


def _files(name: str, value: Any) -> Iterator[str]:
    """The unique ids of files: of a picture in many sizes the largest's, and none of previews, which Telegram makes."""
    if name in PREVIEWS:
        return
    if isinstance(value, dict):
        if "file_unique_id" in value:
            yield str(value["file_unique_id"])
            return
        for inner, part in value.items():
            yield from _files(inner, part)
    elif isinstance(value, list):
        are_sizes = name in SIZES and all(isinstance(part, dict) and "file_unique_id" in part for part in value)
        for part in value[-1:] if are_sizes else value:
            yield from _files(name, part)


def telling_names(message: Message) -> list[str]:
    """Advertising names that a reader sees beside it: of the source of a forward or a quote, and the author's tag."""
    quoted = message.external_reply
    origins = [message.forward_origin, quoted.origin if quoted and not _quotes_this_chat(message) else None]
    candidates = [*(_name_of(origin) for origin in origins if origin is not None), _payload(message).get("sender_tag")]
    return [name for name in candidates if isinstance(name, str) and names.says_more(name)]


def _name_of(origin: MessageOrigin) -> str | None:
    if isinstance(origin, MessageOriginUser):
        return origin.sender_user.full_name
    if isinstance(origin, MessageOriginHiddenUser):
        return origin.sender_user_name
    if isinstance(origin, MessageOriginChat):
        return origin.sender_chat.title
    return origin.chat.title if isinstance(origin, MessageOriginChannel) else None


def is_written(message: Message) -> bool:
    """Whether somebody wrote or sent it, rather than Telegram telling what happened in the chat."""
    payload = _payload(message)
    return not any(payload.get(name) for name in SERVICE) and bool(_content(payload))


def _content(payload: Payload) -> Payload:
    """What the message consists of. Flags and numbers that this release of the library does not know are left out."""
    return {
        name: value
        for name, value in payload.items()
        if name not in ABOUT and value and (name in LIBRARY_NAMES or isinstance(value, dict | list))
    }


def _quotes_this_chat(message: Message) -> bool:
    """Whether what it answers, if anything, was written in this chat, perhaps in another topic of it."""
    elsewhere = message.external_reply
    return elsewhere is None or (elsewhere.chat is not None and elsewhere.chat.id == message.chat.id)


def _strings(name: str, value: Any) -> Iterator[str]:
    if name in UNSEEN or name.endswith("_id"):
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        visible = {"title": value.get("title")} if name in CHATS else value
        for inner, part in visible.items():
            yield from _strings(inner, part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(name, part)
