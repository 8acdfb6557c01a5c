"""The clock of a machine set back and ahead, for hamlet's processes alone; PostgreSQL and Telegram keep theirs.

libfaketime cannot be used: where it leaves the monotonic clock alone, every sleep of Python fails, and otherwise none ends.
"""

from __future__ import annotations

import shutil
import subprocess
from functools import partial
from pathlib import Path

from benchmarks.faults.form import POSTGRESQL, SQLITE, NotTried, Scenario
from benchmarks.faults.world import World

SOURCE = Path(__file__).with_name("clock.c")


def has_own_clock(world: World) -> None:
    """All processes read a clock that a file sets. Raises NotTried where there is no C compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        raise NotTried("the clock is a few lines of C, and there is no compiler")
    library = world.folder / "clock.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(SOURCE)], check=True)
    _set(world, 0)
    world.environment |= {"LD_PRELOAD": str(library), "FAULTS_CLOCK": str(world.folder / "clock")}


def _set(world: World, seconds: int) -> None:
    new = world.folder / "clock.new"
    new.write_text(f"{seconds}\n")
    new.rename(world.folder / "clock")


def set_to(world: World, seconds: int) -> None:
    """A third of the messages by the right clock, two thirds by the wrong one."""
    before, *rest = world.shares(3)
    world.write(before)
    _set(world, seconds)
    world.write(sum(rest))


SCENARIOS = tuple(
    Scenario(name, partial(set_to, seconds=seconds), database, prepare=has_own_clock)
    for database in (SQLITE, POSTGRESQL)
    for name, seconds in (("clock set back an hour", -3_600), ("clock set ahead a day", 86_400))
)
