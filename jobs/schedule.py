"""The scheduler: Celery's own, kept in memory (every slot may run twice or late), with a heartbeat."""

from __future__ import annotations

import time
from typing import Any

from celery.beat import Scheduler

from jobs.heartbeat import Heartbeat
from jobs.settings import JobsSettings

SET_BACK_SECONDS = 60.0  # of a clock that was ahead; less is waited out


class BeatingScheduler(Scheduler):  # type: ignore[misc]  # celery is untyped
    """Says that it is alive at every tick."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._heartbeat = Heartbeat("schedule", JobsSettings())
        self._told = time.time()

    def tick(self, *args: Any, **kwargs: Any) -> float:
        self._heartbeat.beat()
        if time.time() < self._told - SET_BACK_SECONDS:
            self.begin_anew()
        self._told = time.time()
        return min(float(super().tick(*args, **kwargs)), 5.0)

    def begin_anew(self) -> None:
        """The clock was set back: what was rung by the old one would be due again only when that time has come once more."""
        for entry in self.schedule.values():
            entry.last_run_at = entry.schedule.now()
        self._heap = None
