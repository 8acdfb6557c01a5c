"""Threads that share texts, not products: each takes a chunk through a whole network alone.

None waits for another after every operation, which on a busy machine costs more than the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import torch
from torch import Tensor

from classifier import memory, packing

MANY_TOKENS = 4_096  # above it, giving memory back costs nothing beside the work


@contextmanager
def one_thread() -> Iterator[None]:
    """Operations too short to share: threads would wait for each other longer than they work."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def shared(sequences: Sequence[Sequence[int]], compute: Callable[[list[Sequence[int]]], Tensor], width: int) -> Tensor:
    """What `compute` makes of the token ids of B texts, (B, width) fp32, in the order of the texts."""
    found = torch.empty(len(sequences), width)
    threads = torch.get_num_threads()
    parts = packing.chunks([len(ids) for ids in sequences], threads)
    with ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as lanes:
        for part, made in zip(parts, lanes.map(lambda p: compute([sequences[i] for i in p]), parts), strict=True):
            found[part] = made
    torch.set_num_threads(threads)  # a lane's 1 is also what threads started later would get
    if sum(len(ids) for ids in sequences) > MANY_TOKENS:
        memory.give_back()
    return found
