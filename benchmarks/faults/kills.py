"""Each process ended in the midst of its work: by kill -9 at random moments, and by SIGTERM."""

from __future__ import annotations

import signal
import time
from functools import partial

import psutil
from sqlalchemy import select, text

from benchmarks.faults.form import POSTGRESQL, SQLITE, Scenario
from benchmarks.faults.world import World
from storage.learning import runs
from storage.models import Run, RunState
from storage.session import reading, transaction
from tests import tiny
from tests.e2e.conftest import write_examples
from training.fit import base_models

LONGEST_RUN = 900.0  # seconds
PACE = 50.0  # messages a second: the burst in which a process ends


def ended(world: World, names: tuple[str, ...], number: int) -> None:
    """Let each share of the messages in as a burst, and end a process at a random moment of it."""
    shares = world.shares(world.form.times * len(names) + 1)
    for i, share in enumerate(shares[:-1]):
        name = names[i % len(names)]
        world.await_up(name)
        burst = world.writing(share, PACE)
        time.sleep(world.rng.uniform(0, share / PACE + 1))
        world.kill(name, number)
        burst.join()
    world.write(shares[-1])
    world.figures["times"] = world.form.times


def learns(world: World) -> None:
    """A base model, examples and a waiting run."""
    folder = world.folder / "cache" / "base-models" / "tiny"
    folder.mkdir(parents=True)
    base_models.store(tiny.base_model(n_blocks=12), folder)
    write_examples(world.folder / "examples.csv")


def training_killed(world: World) -> None:
    """End the training process, the run that it began, or both."""
    _ask(world)
    killed = {"training": 0, "run": 0}
    for share in world.shares(world.form.times):
        world.await_up("training")
        burst = world.writing(share)
        time.sleep(world.rng.uniform(0, world.form.seconds(10)))
        began = psutil.Process(world.pid("training")).children()
        is_parent, is_child = world.rng.choice(((True, False), (False, True), (True, True)))
        for child in began if is_child else []:
            child.kill()
            killed["run"] += 1
        if is_parent:
            world.kill("training")
            killed["training"] += 1
        burst.join()
        _ask(world)
    _await_last_run(world)
    with reading(world.engine) as session:
        states = session.execute(text("SELECT state, count(*) FROM runs GROUP BY state")).all()
    world.figures |= {
        "times": world.form.times,
        "killed": killed,
        "runs": {str(state): count for state, count in states},
    }


def _await_last_run(world: World) -> None:
    """Wait until the run that was asked for after the last kill has ended. Raises TimeoutError."""
    deadline = time.monotonic() + LONGEST_RUN
    while True:
        with reading(world.engine) as session:
            state = session.scalars(select(Run.state).order_by(Run.id.desc()).limit(1)).one()
        if state == RunState.DONE:
            return
        if state == RunState.FAILED or time.monotonic() > deadline:
            raise TimeoutError(f"the run after the last kill is {state}")
        time.sleep(0.5)


def _ask(world: World) -> None:
    with transaction(world.engine) as session:
        runs.ask(session, "a benchmark")


def training_settings() -> dict[str, str]:
    return {
        "HAMLET_SEED_DATA": "examples.csv",
        "HAMLET_CACHE": "cache",
        "HAMLET_BASE_MODEL": "tiny",
        "HAMLET_ENCODER": "",
    }


def _killed(name: str, database: str) -> Scenario:
    happen = partial(ended, names=(name,), number=signal.SIGKILL)
    return Scenario(f"{name} killed", happen, database)


KILLS = tuple(
    _killed(name, database) for database in (POSTGRESQL, SQLITE) for name in ("bot", "worker", "actions", "schedule")
)
SCENARIOS = (
    *KILLS,
    *(
        Scenario(
            "training killed",
            training_killed,
            database,
            prepare=learns,
            settings=training_settings(),
            has_training=True,
        )
        for database in (POSTGRESQL, SQLITE)
    ),
    *(
        Scenario(
            "SIGTERM under load",
            partial(ended, names=("bot", "worker", "actions", "schedule", "training"), number=signal.SIGTERM),
            database,
            has_training=True,
        )
        for database in (POSTGRESQL, SQLITE)
    ),
)
