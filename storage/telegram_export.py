"""Reads Telegram Desktop's machine-readable export of one group: the chat and its messages. Pure.

`result.json` may have gigabytes, so only one message at a time is in memory. The format is defined by the program that
writes it: telegramdesktop/tdesktop, Telegram/SourceFiles/export/output/export_output_json.cpp.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import ijson

from storage.errors import ExportCutShort, NotAnExport
from storage.exported import ExportedMessage, ExportItem, export_item
from storage.wording import Wording

LONGEST_MESSAGE = 8_000_000  # bytes of JSON between the ends of two messages; Telegram's have some thousands
BROKEN_ESCAPE = re.compile(rb"(?<!\\)((?:\\\\)*)\\x([0-9A-F]{2})")  # how tdesktop writes control characters
UNFINISHED = re.compile(rb"\\[^\\]{0,2}\Z")  # an escape that may continue in the next part
SUPERGROUPS = ("private_supergroup", "public_supergroup")
GROUP = "private_group"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
OF_A_BASIC_GROUP = 1_000_000_000
OF_AN_ACCOUNT = ("about", "personal_information", "chats", "left_chats")
HOW = Wording("in Telegram Desktop open the group, choose Export chat history, and as its format Machine-readable JSON")


@dataclass(frozen=True)
class ExportedChat:
    """The exported group, with its id in the Bot API."""

    external_id: int
    title: str
    is_basic: bool = False  # in a basic group each account has message numbers of its own, so the bot's differ


def read(chunks: Iterable[bytes]) -> tuple[ExportedChat, Iterator[ExportItem]]:
    """The group, and its messages in the file's order, those that are left out with the reason.

    Raises NotAnExport at once, and ExportCutShort, while messages are read, where the file ends too early.
    """
    source = _Source(_with_true_escapes(_without_mark(chunks)))
    chat = _chat(source)
    source.rewind()
    messages = _messages(source)
    return chat, map(_set_aside, messages) if chat.is_basic else messages


def _without_mark(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The file without the byte order mark that some editors put at its beginning."""
    chunks = iter(chunks)
    yield next(chunks, b"").removeprefix(BYTE_ORDER_MARK)
    yield from chunks


class _Source:
    """The file in parts. Its beginning can be read twice, and no message may be longer than LONGEST_MESSAGE."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self._read: list[bytes] | None = []
        self._again: Iterator[bytes] = iter(())
        self.unended = 0  # bytes since the end of the last message

    def __iter__(self) -> _Source:
        return self

    def __next__(self) -> bytes:
        part = next(self._again, None) or next(self._parts)
        if self._read is not None:
            self._read.append(part)
        self.unended += len(part)
        if self.unended > LONGEST_MESSAGE:
            raise _TooLong
        return part

    def rewind(self) -> None:
        """Start again at the beginning; from then on nothing is kept."""
        self._again, self._read, self.unended = iter(self._read or []), None, 0


class _TooLong(ValueError):
    """A message, or what precedes the first one, is longer than Telegram allows."""


def _with_true_escapes(chunks: Iterable[bytes]) -> Iterator[bytes]:
    r"""The file with \u00XX for \xXX, which is not valid JSON."""
    rest = b""
    for chunk in chunks:
        part = rest + chunk
        cut = _end_of_whole(part)
        part, rest = part[:cut], part[cut:]
        if len(rest) > LONGEST_MESSAGE:  # of backslashes
            raise _TooLong
        if part:
            yield BROKEN_ESCAPE.sub(rb"\1\\u00\2", part) if b"\\x" in part else part
    if rest:
        yield BROKEN_ESCAPE.sub(rb"\1\\u00\2", rest)


def _end_of_whole(part: bytes) -> int:
    """Where an escape begins that is cut by the part's end, preceding backslashes included; else the part's length."""
    unfinished = UNFINISHED.search(part, max(0, len(part) - 3))
    return len(part[: unfinished.start()].rstrip(b"\\")) if unfinished else len(part)


def _chat(source: _Source) -> ExportedChat:
    header: dict[str, Any] = {}
    try:
        for prefix, event, value in ijson.parse(ijson.from_iter(source)):
            if prefix == "" and event == "map_key" and value in OF_AN_ACCOUNT:
                raise NotAnExport(Wording("it is one of a whole account, or of several chats; {how}", how=HOW))
            if prefix in ("name", "type", "id"):
                header[prefix] = value
            if (prefix, event) == ("messages", "start_array"):
                return _group(header)
    except (ijson.JSONError, ValueError) as error:
        raise NotAnExport(_why_unreadable(source)) from error
    raise NotAnExport(Wording("it holds no messages; {how}", how=HOW))


def _why_unreadable(source: _Source) -> Wording:
    source.rewind()
    begins = next(source, b"").lstrip()[:1]
    if begins == b"<":
        return Wording("it is HTML; {how}", how=HOW)
    if not begins:
        return Wording("it is empty; {how}", how=HOW)
    return Wording("it is not JSON, or ends too early; {how}", how=HOW)


def _group(header: dict[str, Any]) -> ExportedChat:
    kind, number = header.get("type"), header.get("id")
    if kind not in (*SUPERGROUPS, GROUP):
        if isinstance(kind, str):
            raise NotAnExport(Wording("it is one of the kind {kind!r}; {how}", kind=kind, how=HOW))
        raise NotAnExport(Wording("it is one which does not say what it is of; {how}", how=HOW))
    if type(number) is not int or not 0 < number < 10**12:
        raise NotAnExport(Wording("it does not say which group it is of; {how}", how=HOW))
    external_id = -(10**12) - number if kind in SUPERGROUPS else -number  # as the Bot API numbers them
    name = header.get("name")
    return ExportedChat(external_id, name if isinstance(name, str) else "", is_basic=kind == GROUP)


def _set_aside(item: ExportItem) -> ExportItem:
    """The message under the number that Telegram Desktop gives it once the group is a supergroup, below all others."""
    if not isinstance(item, ExportedMessage) or item.message_id <= 0:
        return item
    return replace(item, message_id=item.message_id - OF_A_BASIC_GROUP)


def _messages(source: _Source) -> Iterator[ExportItem]:
    try:
        for message in ijson.items(ijson.from_iter(source), "messages.item"):
            source.unended = 0
            yield export_item(message)
    except (ijson.JSONError, ValueError) as error:
        raise ExportCutShort from error
