"""Which examples an epoch sees, and in which batches: seeded, weighted, bounded."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Sequence

POOL = 16  # batches that are sorted by length together, so that little is padded and order stays random


def draw(keys: Sequence[str], weights: Sequence[float], at_most: int, seed: str) -> list[int]:
    """Indices for one epoch in random order, at most `at_most`; index i occurs weights[i] times if there is room.

    Otherwise every share shrinks alike; each index occurs its expected number of times to within one. Whether and where
    it occurs depends on the example's own key, so that one more example leaves the others where they were: versions of
    two nights differ by what was learned, not by a new order. Sequential Poisson sampling with permanent random numbers
    (Ohlsson, 1998).
    """
    total = math.fsum(weights)
    n = min(at_most, round(total))
    if not n:
        return []
    expected = [weight * n / total for weight in weights]
    repeats = [int(times) for times in expected]
    distinct = _distinct(keys)
    fractions = [
        (_uniform(f"{seed}/drawn/{distinct[i]}") / rest, i) for i, times in enumerate(expected) if (rest := times % 1)
    ]
    for _, i in sorted(fractions)[: n - sum(repeats)]:
        repeats[i] += 1
    places = [(_uniform(f"{seed}/{nth}/{distinct[i]}"), i) for i, times in enumerate(repeats) for nth in range(times)]
    return [i for _, i in sorted(places)]


def batches(order: Sequence[int], lengths: Sequence[int], size: int, seed: str) -> Iterator[list[int]]:
    """`order` cut into batches of `size` in which lengths are similar.

    The batches' order is random; one more batch leaves the order of the others as it was.
    """
    pool, cut = POOL * size, []
    for start in range(0, len(order), pool):
        near = sorted(order[start : start + pool], key=lambda i: lengths[i])
        cut += [near[i : i + size] for i in range(0, len(near), size)]
    for number in sorted(range(len(cut)), key=lambda number: _uniform(f"{seed}/{number}")):
        yield cut[number]


def parts(order: Sequence[int], lengths: Sequence[int], positions: int) -> Iterator[list[int]]:
    """`order` by length, cut so that no part, padded to its longest text, has more positions unless it is a single text.

    Otherwise one long text would have all short ones padded to its length.
    """
    part: list[int] = []
    for i in sorted(order, key=lambda i: lengths[i]):
        if part and (len(part) + 1) * lengths[i] > positions:
            yield part
            part = []
        part.append(i)
    if part:
        yield part


def _distinct(keys: Sequence[str]) -> list[str]:
    """The keys, each with the number of equal ones before it, so that equal keys have random numbers of their own."""
    counts, distinct = Counter[str](), []
    for key in keys:
        distinct.append(f"{counts[key]}/{key}")
        counts[key] += 1
    return distinct


def _uniform(key: str) -> float:
    """A number in [0, 1) that looks random and is always the same for a key."""
    return int.from_bytes(hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()[:8]) / 2**64
