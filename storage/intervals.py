"""Shares with their confidence intervals."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, lgamma, log, log1p, sqrt

Z = 1.959964  # 95 % of a normal distribution lie within so many standard deviations
CONFIDENCE = 0.95
HALVINGS = 50


@dataclass(frozen=True)
class Share:
    """A share, the bounds of its 95 % interval, and out of how many it was counted."""

    value: float
    low: float
    high: float
    n: int


def wilson(hits: int, n: int) -> Share | None:
    """The share of hits out of `n` with the 95 % score interval (Wilson, 1927); None where n is 0."""
    if n == 0:
        return None
    p = hits / n
    middle, spread = p + Z * Z / (2 * n), Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    scale = 1 + Z * Z / n
    return Share(p, max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale), n)


def at_most(hits: int, n: int) -> float:
    """The upper bound of the true share, one-sided at 95 % (Clopper & Pearson, 1934); 1 where n is 0."""
    if hits >= n:
        return 1.0
    low, high = hits / n, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if _cumulative(hits, n, middle) > 1 - CONFIDENCE:
            low = middle
        else:
            high = middle
    return high


def _cumulative(hits: int, n: int, share: float) -> float:
    """The binomial probability of at most `hits` out of n where each is a hit with that share."""
    if not 0 < share < 1:
        return float(share <= 0)
    ways = (lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) for k in range(hits + 1))
    return sum(exp(w + k * log(share) + (n - k) * log1p(-share)) for k, w in enumerate(ways))
