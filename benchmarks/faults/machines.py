"""More of everything than was meant, and less memory."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import psutil

from benchmarks.faults.form import POSTGRESQL, SQLITE, NotTried, Scenario
from benchmarks.faults.supervised import ALL
from benchmarks.faults.world import World
from tests.processes import Processes
from tests.servers import Broker

SECOND = tuple(f"{name} 2" for name in ALL)
GROUPS = (  # the kernel's groups of processes, as it had them and as it has them: folder, limit, list of processes
    (Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes", "cgroup.procs"),
    (Path("/sys/fs/cgroup"), "memory.max", "cgroup.procs"),
)


def two_of_each(world: World) -> None:
    """A second process of every kind in the same home, by mistake."""
    world.also(world.processes, *ALL)
    world.await_up(*SECOND)
    world.write(world.form.messages)


def two_machines(world: World) -> None:
    """A second machine with a home and a broker of its own on the same database; at last it is switched off."""
    other = world.folder / "other"
    shutil.copytree(world.home / "models", other / "home" / "models")
    broker = world.ends_with(Broker())
    second = world.ends_with(Processes(other, **world.settings | {"HAMLET_BROKER_URL": broker.url}))
    world.also(second, *ALL)
    world.await_up(*SECOND)
    *most, last = world.shares(4)
    world.write(sum(most))
    for name in SECOND:
        world.stop(name)
    world.write(last)


def at_memory_limit(world: World) -> None:
    """A limit below what the worker needs, under which the kernel ends it again and again; then one just above it."""
    *most, last = world.shares(4)
    needs = psutil.Process(world.pid("worker")).memory_info().rss
    with _limited(world, needs * 6 // 10) as limit:
        world.kill("worker")
        world.write(sum(most), sum(most) / world.form.seconds(60, 10))
        world.figures["ended_by_the_limit"] = world.restarts
        limit.write_text(str(needs + 40_000_000))
        world.await_up("worker")
        world.write(last)
        world.settle()


def _put_into(file: Path, pid: int) -> None:
    file.write_text(str(pid))


@contextmanager
def _limited(world: World, size: int) -> Iterator[Path]:
    """The file with the worker's limit; every worker started meanwhile is under it. Raises NotTried."""
    for root, limit, processes in GROUPS:
        group = root / f"hamlet-faults-{os.getpid()}"
        with suppress(OSError):
            group.mkdir()
            (group / limit).write_text(str(size))
            world.on_start["worker"] = partial(_put_into, group / processes)
            break
    else:
        raise NotTried("this account may not limit the memory of a group of processes")
    try:
        yield group / limit
    finally:
        world.on_start.clear()
        world.stop("worker")
        group.rmdir()


SCENARIOS = (
    Scenario("the worker at its memory limit", at_memory_limit, SQLITE),
    Scenario("two of every process", two_of_each, SQLITE, has_training=True),
    Scenario("two of every process", two_of_each, POSTGRESQL, has_training=True),
    Scenario("two machines on one database", two_machines, has_training=True),
)
