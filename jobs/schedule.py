"""The scheduler: Celery's own, kept in memory (every slot may run twice or late), with a heartbeat."""

from __future__ import annotations

from typing import Any

from celery.beat import Scheduler

from jobs.heartbeat import Heartbeat
from jobs.settings import JobsSettings


class BeatingScheduler(Scheduler):  # type: ignore[misc]  # celery is untyped
    """Says that it is alive at every tick."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._heartbeat = Heartbeat("schedule", JobsSettings())

    def tick(self, *args: Any, **kwargs: Any) -> float:
        self._heartbeat.beat()
        return min(float(super().tick(*args, **kwargs)), 5.0)
