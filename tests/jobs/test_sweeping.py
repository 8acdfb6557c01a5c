"""Which sweeps a process runs by its own clock. What they do in real processes: tests/faults/test_promotions.py."""

from __future__ import annotations

import importlib
from types import SimpleNamespace
from typing import Any

import pytest
from celery import Celery

from jobs import sweeping
from jobs.app import ACTIONS, CLASSIFY, SCHEDULE, SWEEPS, TRAINING, app


def test_a_process_runs_the_sweeps_it_is_given_and_no_other() -> None:
    def nothing() -> None:
        pass

    one = Celery("one", set_as_current=False)
    tasks = {name: one.task(nothing, name=name, shared=False) for name in ("often", "seldom", "never")}
    begun: list[tuple[float, Any]] = []
    sweeping.prepare(one, {"often": 1.0, "seldom": 10.0})
    timer = SimpleNamespace(call_repeatedly=lambda seconds, run: begun.append((seconds, run)))
    (step,) = (step for step in one.steps["consumer"] if step.__name__ == "Sweeping")
    step(None).start(SimpleNamespace(timer=timer, app=one))
    assert begun == [(1.0, tasks["often"].apply), (10.0, tasks["seldom"].apply)]


def test_each_process_has_sweeps() -> None:
    assert SWEEPS.keys() == {CLASSIFY, ACTIONS, TRAINING}


@pytest.mark.parametrize("task", [task for sweeps in SWEEPS.values() for task in sweeps])
def test_a_sweep_is_a_task_that_the_schedule_does_not_ring_for(task: str) -> None:
    for module in ("actions.outbound", "actions.tasks", "training.lifecycle.tasks", "worker.tasks"):
        importlib.import_module(module)
    assert task in app.tasks
    assert task not in {entry["task"] for entry in SCHEDULE.values()}
