"""What a check says: one line of the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """Whether something is as it should be."""

    RIGHT = "✓"
    WRONG = "✗"
    NOTHING = "–"  # there is nothing to check, or it could not be checked


@dataclass(frozen=True)
class Line:
    """A mark, what it is about, and what is so; `remedy` says what to do about it."""

    mark: Mark
    what: str
    text: str
    remedy: str = ""


@dataclass(frozen=True)
class Check:
    """Something to look at; `look` returns the lines, in the time that it is given."""

    what: str
    look: Callable[[], list[Line]]
    seconds: float = 5.0


def right(what: str, text: str) -> Line:
    return Line(Mark.RIGHT, what, text)


def wrong(what: str, text: str, remedy: str) -> Line:
    return Line(Mark.WRONG, what, text, remedy)


def nothing(what: str, text: str) -> Line:
    return Line(Mark.NOTHING, what, text)
