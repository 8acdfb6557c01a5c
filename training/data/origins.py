"""Where examples come from, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

NAMES = {
    "seed": "SMS collection",
    "starter": "starter set",
    "file": "file",
    "correction": "corrections",
    "presumed": "presumed ham",
}
ALWAYS_NAMED = ("correction", "presumed")  # even where there are none


def counted(origins: Iterable[str]) -> dict[str, int]:
    """How many examples are of each origin."""
    return dict(Counter(origins))


def describe(counts: Mapping[str, int]) -> str:
    """The same in words, in the order of NAMES."""
    named = [origin for origin in NAMES if counts.get(origin) or origin in ALWAYS_NAMED]
    return ", ".join(f"{NAMES[origin]} {counts.get(origin, 0):,}" for origin in named)
