"""What a process does by its own clock, between its jobs.

A sweep is no job of the schedule: where two workers are idle, the broker may give such a job to the same one every time, as both
ask it anew once a second. The other would not swap to a promoted version, nor beat, and its health check would fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from celery import Celery, bootsteps


def prepare(app: Celery, sweeps: Mapping[str, float]) -> None:
    """Let this process run these tasks of its app, each every so many seconds."""

    class Sweeping(bootsteps.StartStopStep):  # type: ignore[misc]  # celery is untyped
        """Runs them while the process is connected to the broker; a lost connection clears all timers."""

        requires = frozenset({"celery.worker.consumer.tasks:Tasks"})

        def start(self, parent: Any) -> None:
            """Begin, one interval from now. `parent` is Celery's consumer."""
            for task, seconds in sweeps.items():
                parent.timer.call_repeatedly(seconds, parent.app.tasks[task].apply)

    app.steps["consumer"].add(Sweeping)
