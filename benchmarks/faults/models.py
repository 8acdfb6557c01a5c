"""A model directory damaged, while its version serves and before it is loaded."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

from benchmarks.faults.form import SQLITE, Scenario
from benchmarks.faults.home import add_version
from benchmarks.faults.world import World


def damaged_while_serving(world: World) -> None:
    """Every file of the champion loses its second half where it lies; the version before it is whole."""
    before, *rest = world.shares(4)
    world.write(before)
    _damage(world.home / "models" / "v2")
    world.write(sum(rest))


def second_version(world: World) -> None:
    """A champion beside the version that was one before."""
    add_version(world.engine, world.home, "v2")


def _damage(version: Path) -> None:
    for path in version.iterdir():
        if path.is_file():
            with path.open("r+b") as file:
                file.truncate(path.stat().st_size // 2)


def damaged_at_start(world: World) -> None:
    """The champion is damaged while the worker is away; the version before it is whole."""
    before, *rest = world.shares(4)
    world.write(before)
    second_version(world)
    world.stop("worker")
    _damage(world.home / "models" / "v2")
    world.start("worker")
    world.write(sum(rest))


def only_one_damaged(world: World) -> None:
    """The only version is damaged while the worker is away; later its files are put back and the worker is restarted."""
    before, *during, after = world.shares(4)
    version = world.home / "models" / "v1"
    kept = Path(shutil.copytree(version, world.folder / "kept"))
    world.write(before)
    world.stop("worker")
    _damage(version)
    world.start("worker")
    world.write(sum(during))
    shutil.copytree(kept, version, dirs_exist_ok=True)
    world.kill("worker", signal.SIGTERM)
    world.write(after)


SCENARIOS = (
    Scenario("a model directory damaged while serving", damaged_while_serving, SQLITE, ready=second_version),
    Scenario("the champion's directory damaged at start", damaged_at_start, SQLITE),
    Scenario("the only model directory damaged at start", only_one_damaged, SQLITE),
)
