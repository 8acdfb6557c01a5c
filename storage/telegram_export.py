"""Telegram Desktop's machine-readable export of one group: which chat it is of, and what was said there. Pure.

`result.json` may have gigabytes, so one message at a time is in memory. Its format is told by the program that writes
it: telegramdesktop/tdesktop, Telegram/SourceFiles/export/output/export_output_json.cpp.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import ijson

from storage.errors import ExportCutShort, NotAnExport
from storage.exported import Found, Said, found

LONGEST_MESSAGE = 8_000_000  # bytes of JSON between the ends of two messages; Telegram's have some thousands
BROKEN_ESCAPE = re.compile(rb"(?<!\\)((?:\\\\)*)\\x([0-9A-F]{2})")  # how tdesktop writes control characters
UNFINISHED = re.compile(rb"\\[^\\]{0,2}\Z")  # an escape that the next part may go on with
SUPERGROUPS = ("private_supergroup", "public_supergroup")
GROUP = "private_group"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
OF_A_BASIC_GROUP = 1_000_000_000
OF_AN_ACCOUNT = ("about", "personal_information", "chats", "left_chats")
HOW = "in Telegram Desktop open the group, choose Export chat history, and as its format Machine-readable JSON"


@dataclass(frozen=True)
class ExportedChat:
    """The group an export is of, under the number that the Bot API knows it by."""

    external_id: int
    title: str
    is_basic: bool = False  # each account numbers a basic group's messages for itself, so the bot knows them by others


def read(chunks: Iterable[bytes]) -> tuple[ExportedChat, Iterator[Found]]:
    """The group, and its messages in the file's order, each as it is or why it is left out.

    Raises NotAnExport at once; ExportCutShort where the messages end before the file says so.
    """
    source = _Source(_with_true_escapes(_without_mark(chunks)))
    chat = _chat(source)
    source.rewind()
    messages = _messages(source)
    return chat, map(_set_aside, messages) if chat.is_basic else messages


def _without_mark(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same without the byte order mark that some editors put before a file."""
    chunks = iter(chunks)
    yield next(chunks, b"").removeprefix(BYTE_ORDER_MARK)
    yield from chunks


class _Source:
    """The file in parts, the first of which can be read twice; no message in it goes on for ever."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self._read: list[bytes] | None = []
        self._again: Iterator[bytes] = iter(())
        self.unended = 0  # bytes since the last message's end

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
        """Begin again with the first part; from now on nothing is kept."""
        self._again, self._read, self.unended = iter(self._read or []), None, 0


class _TooLong(ValueError):
    """A message, or what stands before the first one, is longer than any that Telegram has."""


def _with_true_escapes(chunks: Iterable[bytes]) -> Iterator[bytes]:
    r"""The same with \u00XX for \xXX, which is no JSON."""
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
    """Where an escape begins that the part's end cuts, with all the backslashes before it; else the part's length."""
    unfinished = UNFINISHED.search(part, max(0, len(part) - 3))
    return len(part[: unfinished.start()].rstrip(b"\\")) if unfinished else len(part)


def _chat(source: _Source) -> ExportedChat:
    said: dict[str, Any] = {}
    try:
        for prefix, event, value in ijson.parse(ijson.from_iter(source)):
            if prefix == "" and event == "map_key" and value in OF_AN_ACCOUNT:
                raise NotAnExport(f"it is one of a whole account, or of several chats; {HOW}")
            if prefix in ("name", "type", "id"):
                said[prefix] = value
            if (prefix, event) == ("messages", "start_array"):
                return _group(said)
    except (ijson.JSONError, ValueError) as error:
        raise NotAnExport(_why_unreadable(source, error)) from error
    raise NotAnExport(f"it holds no messages; {HOW}")


def _why_unreadable(source: _Source, error: Exception) -> str:
    source.rewind()
    begins = next(source, b"").lstrip()[:1]
    if begins == b"<":
        return f"it is HTML; {HOW}"
    return f"it is empty; {HOW}" if not begins else f"it is not JSON, or ends too early; {HOW}"


def _group(said: dict[str, Any]) -> ExportedChat:
    kind, number = said.get("type"), said.get("id")
    if kind not in (*SUPERGROUPS, GROUP):
        named = f"of the kind {kind!r}" if isinstance(kind, str) else "which does not say what it is of"
        raise NotAnExport(f"it is one {named}; {HOW}")
    if type(number) is not int or not 0 < number < 10**12:
        raise NotAnExport(f"it does not say which group it is of; {HOW}")
    external_id = -(10**12) - number if kind in SUPERGROUPS else -number  # as the Bot API numbers them
    name = said.get("name")
    return ExportedChat(external_id, name if isinstance(name, str) else "", is_basic=kind == GROUP)


def _set_aside(found: Found) -> Found:
    """Under the number that Telegram Desktop gives it in exports made after the group became a supergroup, below all others."""
    if not isinstance(found, Said) or found.message_id <= 0:
        return found
    return replace(found, message_id=found.message_id - OF_A_BASIC_GROUP)


def _messages(source: _Source) -> Iterator[Found]:
    try:
        for message in ijson.items(ijson.from_iter(source), "messages.item"):
            source.unended = 0
            yield found(message)
    except (ijson.JSONError, ValueError) as error:
        raise ExportCutShort from error
