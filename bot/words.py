"""The words that moderate, said in a reply: an order or a report, with its slash or without."""

from __future__ import annotations

import re
from dataclasses import dataclass

from storage.models import OrderKind

SAID = re.compile(r"\s*(/?)(spam|ban|warn|ham|report)(?:@(\w+))?(\s+(?:for good|forever|навсегда))?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Word:
    """What was said: an order, or a report where `order` is None."""

    order: OrderKind | None
    is_command: bool  # said with its slash, so it is meant for a bot whatever it stands under


def word_of(text: str | None, username: str) -> Word | None:
    """The word a message consists of, or None: it is more than that, or said to another bot than the one of this name."""
    found = SAID.fullmatch(text or "")
    if found is None or (found[3] or username).lower() != username.lower():
        return None
    said, is_command = found[2].lower(), bool(found[1])
    if found[4]:
        return Word(OrderKind.BAN_FOR_GOOD, is_command) if said == "ban" else None
    return Word(None if said == "report" else OrderKind(said), is_command)
