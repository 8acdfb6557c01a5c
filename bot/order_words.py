"""The words that moderate, said in a reply: an order or a report, with a slash before it or without."""

from __future__ import annotations

import re
from dataclasses import dataclass

from storage.models import OrderKind

WORD = re.compile(
    r"\s*(/?)(spam|ban|warn|ham|report)(?:@(\w+))?(?:\s+(?P<for_good>for good|forever|навсегда)|\s+(?P<more>.*\S))?\s*",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class Word:
    """An order, or a report where `order` is None."""

    order: OrderKind | None
    is_command: bool  # said with its slash, so it is meant for a bot whatever it replies to
    has_more: bool = False  # other words stand behind the command, which may change what is meant


def word_of(text: str | None, username: str) -> Word | None:
    """The word that a message consists of, or its command; None where it is neither, or is addressed to another bot."""
    match = WORD.fullmatch(text or "")
    if match is None or (match[3] or username).lower() != username.lower():
        return None
    word, is_command = match[2].lower(), bool(match[1])
    if match["for_good"] and word == "ban":
        return Word(OrderKind.BAN_FOR_GOOD, is_command)
    has_more = bool(match["more"] or match["for_good"])
    if has_more and not is_command:
        return None
    return Word(None if word == "report" else OrderKind(word), is_command, has_more)
