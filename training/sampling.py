"""Which examples an epoch sees, and in which batches: seeded, weighted, bounded."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence

POOL = 16  # batches that are sorted by length together, so that little is padded and order stays random


def draw(weights: Sequence[float], at_most: int, seed: str) -> list[int]:
    """Indices for one epoch in random order, at most `at_most`; index i comes weights[i] times if there is room.

    Where there is none, every share shrinks alike. Systematic sampling (Madow & Madow, 1944): equidistant marks
    over the shuffled, laid-out weights, so each index comes within one of its expected number of times.
    """
    chooser = random.Random(seed)
    order = list(range(len(weights)))
    chooser.shuffle(order)
    total = math.fsum(weights)
    n = min(at_most, round(total))
    step, mark, reached = total / max(n, 1), 0.0, 0.0
    mark = step * chooser.random()
    chosen: list[int] = []
    for i in order:
        reached += weights[i]
        while len(chosen) < n and mark < reached:
            chosen.append(i)
            mark += step
    chooser.shuffle(chosen)
    return chosen


def batches(order: Sequence[int], lengths: Sequence[int], size: int, seed: str) -> Iterator[list[int]]:
    """`order` cut into batches of `size` in which lengths are similar; the batches' order is random."""
    pool, made = POOL * size, []
    for start in range(0, len(order), pool):
        near = sorted(order[start : start + pool], key=lambda i: lengths[i])
        made += [near[i : i + size] for i in range(0, len(near), size)]
    random.Random(seed).shuffle(made)
    yield from made


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
