"""The scheduler: Celery's own, kept in memory (every slot may run twice or late), with a heartbeat."""

from __future__ import annotations

import time
from typing import Any

from celery.beat import Scheduler

from jobs.heartbeat import Heartbeat
from jobs.settings import JobsSettings

SET_BACK_SECONDS = 60.0  # by which a clock was set back; a smaller step is waited out


class BeatingScheduler(Scheduler):  # type: ignore[misc]  # celery is untyped
    """Beats at every tick, and starts over when the clock was set back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._heartbeat = Heartbeat("schedule", JobsSettings())
        self._ticked_at = time.time()

    def tick(self, *args: Any, **kwargs: Any) -> float:
        self._heartbeat.beat()
        if time.time() < self._ticked_at - SET_BACK_SECONDS:
            self.begin_anew()
        self._ticked_at = time.time()
        return min(float(super().tick(*args, **kwargs)), 5.0)

    def begin_anew(self) -> None:
        """Count from now: by the old clock's times, every job would be due only when those times come again."""
        for entry in self.schedule.values():
            entry.last_run_at = entry.schedule.now()
        self._heap = None
