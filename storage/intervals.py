"""Shares with what is known of them."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, lgamma, log, log1p, sqrt

Z = 1.96  # 95 %
CONFIDENCE = 0.95
HALVINGS = 50


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


def at_most(hits: int, n: int) -> float:
    """What the true share may be at most, at 95 %, one-sided (Clopper & Pearson, 1934). 1 out of nothing."""
    if hits >= n:
        return 1.0
    low, high = hits / n, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if _at_most_so_many(hits, n, middle) > 1 - CONFIDENCE:
            low = middle
        else:
            high = middle
    return high


def _at_most_so_many(hits: int, n: int, share: float) -> float:
    """How probable it is that no more than `hits` of n are hit where each is with that share."""
    if not 0 < share < 1:
        return float(share <= 0)
    ways = (lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) for k in range(hits + 1))
    return sum(exp(w + k * log(share) + (n - k) * log1p(-share)) for k, w in enumerate(ways))
