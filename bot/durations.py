"""How long a ban or mute shall last, as moderators type it: 30m, 2h, 7d, 2w. Pure."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import Enum, auto

from storage.rules import LONGEST_TERM, SHORTEST_TERM

UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "м": timedelta(minutes=1),  # Russian: минуты, часы, дни, недели
    "ч": timedelta(hours=1),
    "д": timedelta(days=1),
    "н": timedelta(weeks=1),
}
TYPED = re.compile(r"([0-9]{1,6})(\w)")


class Wrong(Enum):
    """Why what was typed is no length."""

    UNIT = auto()
    TOO_SHORT = auto()
    TOO_LONG = auto()


class UnsuitableLength(ValueError):
    """What was typed is no length that a sanction can have."""

    def __init__(self, typed: str, wrong: Wrong) -> None:
        super().__init__(f"{typed!r} cannot be the length of a sanction: {wrong.name}")
        self.typed, self.wrong = typed, wrong


def parse(typed: str) -> timedelta:
    """The length that was typed. Raises UnsuitableLength."""
    match = TYPED.fullmatch(typed)
    unit = UNITS.get(match[2].lower()) if match else None
    if match is None or unit is None:
        raise UnsuitableLength(typed, Wrong.UNIT)
    length = int(match[1]) * unit
    if length < SHORTEST_TERM:
        raise UnsuitableLength(typed, Wrong.TOO_SHORT)
    if length > LONGEST_TERM:
        raise UnsuitableLength(typed, Wrong.TOO_LONG)
    return length
