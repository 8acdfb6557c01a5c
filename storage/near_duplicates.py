"""When two texts say the same: the one definition that the review queue, floods and training share."""

from __future__ import annotations

import re
from collections.abc import Set

SHINGLE = 5  # characters
SAME = 0.8  # Jaccard similarity of two texts' shingles


def normalised(text: str) -> str:
    """The text as it is compared: in lower case, each digit as 0, at least one shingle long."""
    return re.sub(r"\d", "0", text.lower()).ljust(SHINGLE, "\0")


def shingles_of(normalised_text: str) -> list[str]:
    """Every substring of five characters, as often as it occurs."""
    return [normalised_text[i : i + SHINGLE] for i in range(len(normalised_text) - SHINGLE + 1)]


def are_same(one: Set[str], other: Set[str]) -> bool:
    """Whether two texts with these shingles say the same."""
    if min(len(one), len(other)) < SAME * max(len(one), len(other)):
        return False
    return len(one & other) >= SAME * len(one | other)
