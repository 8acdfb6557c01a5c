"""Threads that share the texts, not the products: each takes a chunk of texts through the whole network alone.

So no thread waits for another after every operation, which on a busy machine costs more than the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import torch
from torch import Tensor

from classifier import resident_memory
from classifier.gpt import packing

Part = TypeVar("Part")
Result = TypeVar("Result")

MANY_TOKENS = 4_096  # from here on, returning memory costs next to nothing beside the work


@contextmanager
def one_thread() -> Iterator[None]:
    """Run operations in one thread that are too short to share: threads would wait longer than they work."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def each(parts: Iterable[Part], compute: Callable[[Part], Result]) -> Iterator[Result]:
    """The results of `compute` on each part, in their order; every part is one thread's."""
    threads = torch.get_num_threads()
    try:
        with ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as lanes:
            yield from lanes.map(compute, parts)
    finally:
        torch.set_num_threads(threads)  # or threads started later would inherit a lane's 1


def shared(sequences: Sequence[Sequence[int]], compute: Callable[[list[Sequence[int]]], Tensor], width: int) -> Tensor:
    """The results of `compute` on the token ids of B texts, (B, width) fp32, in the order of the texts."""
    results = torch.empty(len(sequences), width)
    parts = packing.chunks([len(ids) for ids in sequences], torch.get_num_threads())
    for part, computed in zip(parts, each(parts, lambda part: compute([sequences[i] for i in part])), strict=True):
        results[part] = computed
    if sum(len(ids) for ids in sequences) > MANY_TOKENS:
        resident_memory.give_back()
    return results
