"""What each process does by its own clock, between its jobs.

A sweep is no job of the schedule: where two workers are idle, the broker may give such a job to the same one every time, as both
ask it anew once a second. The other would not swap to a promoted version, nor beat, and its health check would fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from celery import Celery, bootsteps

SWEEPS = {
    "classify": {"worker.sweep": 1.0},
    "actions": {"worker.sweep_actions": 1.0, "worker.sweep_outbound": 2.0},
    "training": {"training.beat": 10.0},
}  # queue: its tasks, and the seconds between two runs of each


class Sweeping(bootsteps.StartStopStep):  # type: ignore[misc]  # celery is untyped
    """Runs the sweeps of this process's queue while it is connected to the broker; a lost connection clears all timers."""

    requires = frozenset({"celery.worker.consumer.tasks:Tasks"})

    def start(self, parent: Any) -> None:
        """Begin, one interval from now. `parent` is Celery's consumer."""
        for task, seconds in of_queues(parent.app.amqp.queues.consume_from).items():
            parent.timer.call_repeatedly(seconds, parent.app.tasks[task].apply)


def of_queues(queues: Mapping[str, Any]) -> dict[str, float]:
    """The sweeps of a process that works on these queues: the task's name and seconds."""
    return {task: seconds for queue in queues for task, seconds in SWEEPS.get(queue, {}).items()}


def prepare(app: Celery) -> None:
    """Let each process of this app run its sweeps."""
    app.steps["consumer"].add(Sweeping)
