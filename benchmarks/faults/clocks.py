"""The clock of a machine set back and ahead, by libfaketime; PostgreSQL and Telegram keep theirs."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from benchmarks.faults.form import SQLITE, NotTried, Scenario
from benchmarks.faults.world import World

LIBRARY = next(iter(sorted(Path("/usr/lib").glob("**/libfaketimeMT.so.1"))), None)


def has_own_clock(world: World) -> None:
    """All processes read a clock that a file sets. Raises NotTried where libfaketime is not installed."""
    if LIBRARY is None:
        raise NotTried("libfaketime is not installed")
    _set(world, "+0")
    world.environment |= {
        "LD_PRELOAD": str(LIBRARY),
        "FAKETIME_TIMESTAMP_FILE": str(world.folder / "clock"),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }


def _set(world: World, offset: str) -> None:
    new = world.folder / "clock.new"
    new.write_text(f"{offset}\n")
    new.rename(world.folder / "clock")


def set_to(world: World, offset: str) -> None:
    """A third of the messages by the right clock, two thirds by the wrong one."""
    before, *rest = world.shares(3)
    world.write(before)
    _set(world, offset)
    world.write(sum(rest))


SCENARIOS = tuple(
    Scenario(name, partial(set_to, offset=offset), database, prepare=has_own_clock)
    for name, offset, database in (
        ("clock set back an hour", "-3600", SQLITE),
        ("clock set ahead a day", "+86400", SQLITE),
    )
)
