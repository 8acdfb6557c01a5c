"""Marks of direction: what a text looks like once those that turn it round have had their effect.

"\\u202eeerf\\u202c" is shown as "free": an override of direction shows its letters backwards. A simple form of the Unicode
bidirectional algorithm (Unicode Standard Annex 9): overrides, embeddings and isolates may be nested and end with their paragraph.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

OVERRIDES = {"\u202d": "L", "\u202e": "R"}  # of each letter's own direction
ISOLATES = "\u2066\u2067\u2068"
OPENING = frozenset((*OVERRIDES, *ISOLATES, "\u202a", "\u202b"))  # the last two begin embeddings
END, END_OF_ISOLATE = "\u202c", "\u2069"
DEEPEST = 125  # as the algorithm has it; what opens deeper is ignored
MARKS = re.compile("[\u202a-\u202e\u2066-\u2069]")
PARAGRAPH = re.compile("([\n\r\x1c-\x1e\x85\u2029])")
MIRRORED = dict(zip("()[]{}<>«»", ")(][}{><»«", strict=True))  # brackets are shown the other way round, too
JOINERS = "\u200d\ufe0e\ufe0f"


@dataclass
class Run:
    """What stands between two marks; a run within it is one of its pieces."""

    override: str = ""
    is_isolate: bool = False
    pieces: list[list[str]] = field(default_factory=list)  # of each a letter and what joins it
    strong: dict[bool, int] = field(
        default_factory=lambda: {False: 0, True: 0}
    )  # letters written from right to left, or not

    def add(self, character: str) -> None:
        """A character; one that joins the character before stays with it."""
        if self.pieces and (character in JOINERS or unicodedata.combining(character)):
            self.pieces[-1].append(character)
            return
        self.pieces.append([character])
        kind = unicodedata.bidirectional(character)
        if kind in ("L", "R", "AL"):
            self.strong[kind != "L"] += 1

    def shown(self) -> str:
        """The run in the order in which it is read: overridden against its letters' own direction, it is turned round."""
        own = "R" if self.strong[True] > self.strong[False] else "L"
        pieces = ["".join(piece) for piece in self.pieces]
        if self.override in ("", own):
            return "".join(pieces)
        return "".join(MIRRORED.get(piece, piece) for piece in reversed(pieces))


def upright(text: str) -> str:
    """The text as it is read, without its marks of direction."""
    if MARKS.search(text) is None:
        return text
    return "".join(_upright(part) for part in PARAGRAPH.split(text))


def is_turned(text: str) -> bool:
    """Whether a mark shows any of the text's letters backwards."""
    return upright(text) != MARKS.sub("", text)


def _upright(paragraph: str) -> str:
    runs = [Run()]
    for character in paragraph:
        if character in OPENING:
            if len(runs) <= DEEPEST:
                runs.append(Run(OVERRIDES.get(character, ""), character in ISOLATES))
        elif character == END_OF_ISOLATE:
            _close_isolate(runs)
        elif character != END:
            runs[-1].add(character)
        elif len(runs) > 1 and not runs[-1].is_isolate:
            _close(runs)
    while len(runs) > 1:
        _close(runs)
    return runs[0].shown()


def _close_isolate(runs: list[Run]) -> None:
    """End the innermost isolate and all within it; without one the mark says nothing."""
    if any(run.is_isolate for run in runs):
        while not _close(runs):
            pass


def _close(runs: list[Run]) -> bool:
    """End the innermost run. Returns whether it was an isolate."""
    run = runs.pop()
    runs[-1].pieces.append([run.shown()])
    return run.is_isolate
