"""Which examples an epoch sees, and in which batches: seeded, weighted, bounded."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Sequence

POOL = 16  # batches that are sorted by length together, so that little is padded and order stays random


def draw(keys: Sequence[str], weights: Sequence[float], at_most: int, seed: str) -> list[int]:
    """Indices for one epoch in random order, at most `at_most`; index i comes weights[i] times if there is room.

    Where there is none, every share shrinks alike; each comes within one of its expected number of times. Chance and
    place hang on an example's own key, so that one example more leaves the others where they were: versions of two
    nights differ by what was learned, not by a new order. Sequential Poisson sampling with permanent random numbers
    (Ohlsson, 1998).
    """
    total = math.fsum(weights)
    n = min(at_most, round(total))
    if not n:
        return []
    expected = [weight * n / total for weight in weights]
    often = [int(times) for times in expected]
    own = _distinct(keys)
    parted = [(_chance(f"{seed}/drawn/{own[i]}") / rest, i) for i, times in enumerate(expected) if (rest := times % 1)]
    for _, i in sorted(parted)[: n - sum(often)]:
        often[i] += 1
    places = [(_chance(f"{seed}/{nth}/{own[i]}"), i) for i, times in enumerate(often) for nth in range(times)]
    return [i for _, i in sorted(places)]


def batches(order: Sequence[int], lengths: Sequence[int], size: int, seed: str) -> Iterator[list[int]]:
    """`order` cut into batches of `size` in which lengths are similar.

    The batches' order is random; one more of them leaves the others' as it was.
    """
    pool, made = POOL * size, []
    for start in range(0, len(order), pool):
        near = sorted(order[start : start + pool], key=lambda i: lengths[i])
        made += [near[i : i + size] for i in range(0, len(near), size)]
    for number in sorted(range(len(made)), key=lambda number: _chance(f"{seed}/{number}")):
        yield made[number]


def parts(order: Sequence[int], lengths: Sequence[int], positions: int) -> Iterator[list[int]]:
    """`order` by length, cut so that none of it, padded to its longest, has more positions, but for a longer single text.

    One long text among short ones would otherwise have them all padded to its length.
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
    """The keys, each with how often it came before, so that equal ones have chances of their own."""
    met = Counter[str]()
    found = []
    for key in keys:
        found.append(f"{met[key]}/{key}")
        met[key] += 1
    return found


def _chance(key: str) -> float:
    """A number from 0 up to 1 that looks random and is always the key's."""
    return int.from_bytes(hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()[:8]) / 2**64
