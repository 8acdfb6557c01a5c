"""The broker killed, emptied, frozen and slow."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.faults.during import again_and_again, under
from benchmarks.faults.form import SQLITE, Scenario
from benchmarks.faults.world import World


def killed(world: World) -> None:
    under(world, _away(world), world.form.seconds(30, 3))


@contextmanager
def _away(world: World) -> Iterator[None]:
    world.broker.stop()
    try:
        yield
    finally:
        world.broker.start()


def restarted_empty(world: World) -> None:
    def restart() -> None:
        world.broker.stop()
        world.broker.start()

    again_and_again(world, restart, world.form.times)


def frozen(world: World) -> None:
    under(world, _frozen(world), world.form.seconds(30, 3))


@contextmanager
def _frozen(world: World) -> Iterator[None]:
    world.broker.signal(signal.SIGSTOP)
    try:
        yield
    finally:
        world.broker.signal(signal.SIGCONT)


def slow(world: World) -> None:
    """Each packet is a quarter of a second late, in both directions."""
    world.proxies["broker"].delay = 0.25
    world.write(world.form.messages)


SCENARIOS = (
    Scenario("broker killed", killed),
    Scenario("broker restarted empty", restarted_empty),
    Scenario("broker frozen for 30 s", frozen),
    Scenario("broker slow", slow, SQLITE, proxied=frozenset({"broker"})),
)
