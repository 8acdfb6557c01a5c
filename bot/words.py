"""The words that moderate, said in a reply: an order or a report, with its slash or without."""

from __future__ import annotations

import re
from dataclasses import dataclass

from storage.models import OrderKind

SAID = re.compile(
    r"\s*(/?)(spam|ban|warn|ham|report)(?:@(\w+))?(?:\s+(?P<for_good>for good|forever|навсегда)|\s+(?P<more>.*\S))?\s*",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class Word:
    """What was said: an order, or a report where `order` is None."""

    order: OrderKind | None
    is_command: bool  # said with its slash, so it is meant for a bot whatever it stands under
    has_more: bool = False  # other words stand behind the command, which may change what is meant


def word_of(text: str | None, username: str) -> Word | None:
    """The word that a message consists of, or its command; None where it is neither or said to another bot than this name's."""
    found = SAID.fullmatch(text or "")
    if found is None or (found[3] or username).lower() != username.lower():
        return None
    said, is_command = found[2].lower(), bool(found[1])
    if found["for_good"] and said == "ban":
        return Word(OrderKind.BAN_FOR_GOOD, is_command)
    has_more = bool(found["more"] or found["for_good"])
    if has_more and not is_command:
        return None
    return Word(None if said == "report" else OrderKind(said), is_command, has_more)
