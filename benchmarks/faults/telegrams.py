"""Telegram away, refusing, cut off, and telling things twice and in another order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.faults.during import under
from benchmarks.faults.form import SQLITE, Scenario
from benchmarks.faults.world import World
from tests.telegram_server import Refused

PROXIED = frozenset({"telegram"})


def down(world: World) -> None:
    under(world, world.proxies["telegram"].down(), world.form.seconds(60, 3))


def too_many(world: World) -> None:
    wait = 5 if world.form.share == 1 else 1
    refusal = Refused(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
    under(world, _refusing(world, refusal, 1.0), world.form.seconds(30, 3))


def server_errors(world: World) -> None:
    under(world, _refusing(world, Refused(500, "Internal Server Error"), 0.5), world.form.seconds(30, 3))


@contextmanager
def _refusing(world: World, refusal: Refused, share: float) -> Iterator[None]:
    """So large a share of the calls is refused."""
    world.telegram.refusal = lambda _: refusal if world.rng.random() < share else None
    try:
        yield
    finally:
        world.telegram.refusal = lambda _: None


def cut_half_way(world: World) -> None:
    under(world, _cutting(world), world.form.seconds(30, 3))
    world.figures["answers_cut"] = world.proxies["telegram"].answers_cut


@contextmanager
def _cutting(world: World) -> Iterator[None]:
    """One answer in ten ends half-way: what was asked for is done, and nobody is told."""
    world.proxies["telegram"].cut_answers(world.rng, 0.1)
    try:
        yield
    finally:
        world.proxies["telegram"].cut_answers(world.rng, 0.0)


def muddled(world: World) -> None:
    world.telegram.muddles = world.rng
    world.write(world.form.messages)


SCENARIOS = (
    Scenario("Telegram down for 60 s", down, proxied=PROXIED),
    Scenario("Telegram answers 429 for 30 s", too_many),
    Scenario("Telegram answers half of all calls with 500", server_errors),
    Scenario("Telegram's answers cut half-way", cut_half_way, proxied=PROXIED),
    Scenario("updates doubled and disordered", muddled, SQLITE),
)
