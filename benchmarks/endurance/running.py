"""The load, what happens while it lasts, and the figures."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.bench import say
from benchmarks.endurance import asking
from benchmarks.endurance.load import Course, Load
from benchmarks.endurance.sampling import MEGABYTE, Sampler
from benchmarks.endurance.sampling import figures as of_process
from benchmarks.faults.form import Form, Scenario
from benchmarks.faults.home import add_version
from benchmarks.faults.kills import learns, training_settings
from benchmarks.faults.measuring import counted, is_survived, keep_logs
from benchmarks.faults.supervised import ALL
from benchmarks.faults.world import World
from storage.learning import runs, versions
from storage.models import now
from storage.session import transaction

BY = "a benchmark"
PROMOTED = "v100"  # far from the numbers of the versions that the runs make
PROMOTED_AT, ROLLED_BACK_AT = 0.55, 0.65  # of the time: both in the third quarter
SAMPLES = 240  # in the whole time; at most one a second
DAY = 86_400
LONGEST_RUN, LONGEST_TIDYING = 900.0, 300.0  # seconds after the last message


def figures(load: Load) -> dict[str, Any]:
    """The answer of the command."""
    form = Form(messages=load.messages, times=1, share=1.0, lease_seconds=30.0)
    own = {
        "HAMLET_RETENTION_DAYS": f"{load.seconds / 2 / DAY:.9f}",
        "HAMLET_SHADOW_MESSAGES": str(
            10 * load.messages
        ),  # what the runs make judges beside the champion, and never serves
    }
    scenario = Scenario("endurance", lambda _: None, prepare=learns, settings=training_settings() | own)
    with (
        tempfile.TemporaryDirectory(prefix="hamlet-endurance-") as folder,
        World(Path(folder), scenario, form, seed=1) as world,
    ):
        world.start(*ALL)
        world.await_up(*ALL)
        answered = _measured(world, load)
        if not is_survived(answered):
            keep_logs(world)
    about = {"benchmark": "endurance", "minutes": load.minutes, "a_second": load.a_second}
    return about | {"machine": {"cores": os.cpu_count(), "system": platform.platform()}} | answered


def _measured(world: World, load: Load) -> dict[str, Any]:
    say("warming up")
    _write(world, Course(), load.a_second, round(load.warm_up_seconds * load.a_second), {})
    say("the messages that are measured begin")
    course = Course()
    sampler = Sampler(ALL, world.pid, max(1.0, load.seconds / SAMPLES))
    sampler.start()
    _stream(world, load, course)
    sampler.end()
    say("the last message is written")
    answered = counted(world, world.settle())
    size = asking.size(world.engine)
    _await_runs(world)
    answered |= {name: figure(world, load, course) for name, figure in FIGURES.items()}
    answered["processes"] = {name: of_process(sampler.samples[name], course.begin, course.end) for name in ALL}
    answered["database"] = of_tables(course, len(world.watch.written), size)
    return answered


def _stream(world: World, load: Load, course: Course) -> None:
    """All messages, and between them what happens at its time."""

    def note_size() -> None:
        course.sizes.append((len(world.watch.written), asking.size(world.engine)))

    def roll_back() -> None:
        with transaction(world.engine) as session:
            course.before = versions.roll_back(session, BY, "it is a benchmark").name
        course.rolled_back_at = now() + timedelta(seconds=2)  # by then the worker has seen it

    happens = {
        0.0: note_size,
        0.01: lambda: _ask(world),
        0.25: note_size,
        PROMOTED_AT: lambda: add_version(world.engine, world.home, PROMOTED),
        ROLLED_BACK_AT: roll_back,
    }
    course.begin = time.monotonic()
    _write(
        world, course, load.a_second, load.messages, {int(share * load.messages): do for share, do in happens.items()}
    )
    course.end = time.monotonic()


def _write(world: World, course: Course, a_second: float, count: int, happens: dict[int, Any]) -> None:
    """Have so many messages written, each at its time or, where that is over, at once."""
    began = time.monotonic()
    for number in range(count):
        if number in happens:
            happens[number]()
        time.sleep(max(0.0, began + number / a_second - time.monotonic()))
        moment = datetime.now(UTC)
        course.written[world.write_next()] = moment


def _ask(world: World) -> None:
    with transaction(world.engine) as session:
        runs.ask(session, BY)
    threading.Thread(target=_ring, args=(world, "consider"), daemon=True).start()


def _await_runs(world: World) -> None:
    """Wait until no run is asked for or under way: on a busy machine the one of this benchmark may outlast its messages."""
    deadline = time.monotonic() + LONGEST_RUN
    say(f"runs: {asking.runs(world.engine)}")
    while {"asked", "running"} & asking.runs(world.engine).keys() and time.monotonic() < deadline:
        time.sleep(1.0)


def _delays(world: World, _load: Load, course: Course) -> dict[str, Any]:
    """Of the first half of the messages, and of the second."""
    delays = [seconds for _, seconds in asking.delays(world.engine, course.written)]
    half = len(delays) // 2
    return {"first_half": asking.quantiles(delays[:half]), "second_half": asking.quantiles(delays[half:])}


def of_tables(course: Course, written: int, size: int) -> dict[str, Any]:
    """The bytes at the end, and those computed from what the first quarter's messages took."""
    (messages, first), (later, second) = course.sizes
    a_message = (second - first) / (later - messages)
    computed = first + a_message * (written - messages)
    return {
        "bytes_a_message": round(a_message),
        "mb": round(size / MEGABYTE, 1),
        "computed_mb": round(computed / MEGABYTE, 1),
    }


def _retention(world: World, load: Load, _course: Course) -> dict[str, Any]:
    """The tidying is rung for, as otherwise it comes once an hour."""
    kept = timedelta(seconds=load.seconds / 2)
    return asking.retention(world.engine, kept, LONGEST_TIDYING, lambda: _ring(world, "tidy"))


def _ring(world: World, job: str) -> None:
    """Ring for a job from a process of its own, as the command line does."""
    ring = [sys.executable, "-c", f"from jobs import send; send.{job}()"]
    subprocess.run(ring, env=world.processes.env, cwd=world.folder, check=True, timeout=120)


def _by_version(world: World, since: datetime | None) -> dict[str, int]:
    return asking.by_version(world.engine, since or datetime(2000, 1, 1, tzinfo=UTC))


FIGURES = {
    "runs": lambda world, _l, _c: asking.runs(world.engine),
    "retrained": lambda world, _l, _c: asking.retrained(world.engine),
    "verdicts_by_version": lambda world, _l, _c: _by_version(world, None),
    "promoted": lambda world, _l, _c: PROMOTED in _by_version(world, None),
    "rolled_back": lambda world, _l, course: _by_version(world, course.rolled_back_at).keys() == {course.before},
    "delay_seconds": _delays,
    "retention": _retention,
}
