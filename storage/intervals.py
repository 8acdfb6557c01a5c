"""Shares with what is known of them."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z = 1.96  # 95 %


@dataclass(frozen=True)
class Share:
    """A share, between which two it lies with 95 %, and out of how many it was counted."""

    value: float
    low: float
    high: float
    n: int


def wilson(hits: int, n: int) -> Share | None:
    """The share of hits, with Wilson's score interval (1927). None out of nothing."""
    if n == 0:
        return None
    p = hits / n
    middle, spread = p + Z * Z / (2 * n), Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    scale = 1 + Z * Z / n
    return Share(p, max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale), n)
