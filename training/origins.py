"""Where examples come from, as people read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

NAMES = {
    "seed": "SMS collection", "starter": "starter set", "file": "file", "correction": "corrections",
    "presumed": "presumed ham",
}  # fmt: skip
ALWAYS_TOLD = ("correction", "presumed")  # though there be none


def counted(origins: Iterable[str]) -> dict[str, int]:
    """How many examples are of each origin."""
    return dict(Counter(origins))


def told(counts: Mapping[str, int]) -> str:
    """The same in words, in the order of NAMES."""
    wanted = [origin for origin in NAMES if counts.get(origin) or origin in ALWAYS_TOLD]
    return ", ".join(f"{NAMES[origin]} {counts.get(origin, 0):,}" for origin in wanted)
