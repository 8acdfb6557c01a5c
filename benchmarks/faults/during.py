"""How messages and a fault are laid over each other."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from benchmarks.faults.world import A_SECOND, World


def under(world: World, fault: AbstractContextManager[object], seconds: float) -> None:
    """A quarter of the messages before, half of them while the fault lasts, and a quarter after it."""
    before, *during, after = world.shares(4)
    world.write(before)
    with fault:
        world.write(sum(during), sum(during) / seconds)
    world.write(after)
    world.figures["seconds"] = round(seconds)


def again_and_again(world: World, happen: Callable[[], object], times: int) -> None:
    """Between equal shares of the messages, at a random moment of each, so many times."""
    for share in world.shares(times):
        writing = world.writing(share)
        writing.join(world.rng.uniform(0, share / A_SECOND))
        happen()
        writing.join()
    world.figures["times"] = times
