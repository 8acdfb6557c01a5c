"""Which sweeps a process runs by its own clock. What they do in real processes: tests/faults/test_promotions.py."""

from __future__ import annotations

import importlib

import pytest

from jobs import sweeping
from jobs.app import ACTIONS, CLASSIFY, SCHEDULE, TRAINING, app


def test_each_process_sweeps_for_its_own_queue() -> None:
    assert sweeping.of_queues({CLASSIFY: {}}) == {"worker.sweep": 1.0}
    assert set(sweeping.of_queues({ACTIONS: {}})) == {"worker.sweep_actions", "worker.sweep_outbound"}
    assert sweeping.of_queues({TRAINING: {}}) == {"training.beat": 10.0}
    assert sweeping.of_queues({"another": {}}) == {}


@pytest.mark.parametrize("task", [task for sweeps in sweeping.SWEEPS.values() for task in sweeps])
def test_a_sweep_is_a_task_that_the_schedule_does_not_ring_for(task: str) -> None:
    for module in ("actions.outbound", "actions.tasks", "training.lifecycle.tasks", "worker.tasks"):
        importlib.import_module(module)
    assert task in app.tasks
    assert task not in {entry["task"] for entry in SCHEDULE.values()}
