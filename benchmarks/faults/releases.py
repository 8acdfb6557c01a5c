"""An upgrade under load, and one release back: the release before comes out of this repository's history."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

import migrations
from benchmarks.faults.form import NotTried, Scenario
from benchmarks.faults.supervised import USUAL
from benchmarks.faults.world import World

ROOT = Path(__file__).resolve().parents[2]
CHANGED = '"messages"'  # the table whose newest migration lies between both releases, as every process writes to it


def before() -> tuple[str, str]:
    """The commit before the newest migration of `messages`, and the step that was the newest in it. Raises NotTried."""
    scripts = list(ScriptDirectory.from_config(migrations.configuration("sqlite://")).walk_revisions())
    first = next(i for i, script in enumerate(scripts) if CHANGED in Path(script.path).read_text())
    name = Path(scripts[first].path).name
    added = _git(
        "log", "-m", "--first-parent", "--diff-filter=A", "--format=%H", "-1", "--", f"migrations/versions/{name}"
    )
    if not added:
        raise NotTried("the release before is in the repository's history, which is not here")
    return f"{added.decode().strip()}^", str(scripts[first + 1].revision)


def _git(*arguments: str) -> bytes:
    done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True)
    return done.stdout if done.returncode == 0 else b""


def runs_before(world: World) -> None:
    """The processes are those of the release before, on its tables."""
    commit, step = before()
    _unpack(world, commit)
    command.downgrade(migrations.configuration(world.address), step)
    world.environment["PYTHONPATH"] = str(world.folder / "before")


def unpacked(world: World) -> None:
    _unpack(world, before()[0])


def _unpack(world: World, commit: str) -> None:
    with tarfile.open(fileobj=BytesIO(_git("archive", commit))) as archive:
        archive.extractall(world.folder / "before", filter="data")


def upgraded(world: World) -> None:
    """`alembic upgrade head` while the release before works; later the new release takes its place."""
    first, second, third = world.shares(3)
    world.write(first)
    with ThreadPoolExecutor(1) as pool:
        upgrade = pool.submit(_alembic, world, "upgrade", "head")
        world.write(second)
        while not upgrade.done():  # so that messages come in until its end, however few were asked for
            world.write(1)
        upgrade.result()
    _change(world, ROOT)
    world.write(third)


def one_back(world: World) -> None:
    """The release before in the place of this one, on this one's tables, and forward again."""
    first, second, third = world.shares(3)
    world.write(first)
    _change(world, world.folder / "before")
    world.write(second)
    _change(world, ROOT)
    world.write(third)


def _alembic(world: World, *arguments: str) -> None:
    environment = world.processes.env | {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-m", "alembic", *arguments], cwd=ROOT, env=environment, check=True, timeout=600)


def _change(world: World, code: Path) -> None:
    """Start each process from this code, one after the other, while messages come in."""
    world.processes.env["PYTHONPATH"] = str(code)
    for name in USUAL:
        world.kill(name)
        world.await_up(name)


SCENARIOS = (
    Scenario("an upgrade under load", upgraded, ready=runs_before),
    Scenario("one release back", one_back, ready=unpacked),
)
