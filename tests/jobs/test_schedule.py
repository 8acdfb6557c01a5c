"""The schedule after its clock was set back: it rings on."""

from __future__ import annotations

from datetime import timedelta

from jobs.app import app
from jobs.schedule import BeatingScheduler


def test_a_clock_that_was_set_back_by_a_day_does_not_silence_the_bells_for_it() -> None:
    schedule = BeatingScheduler(app, lazy=True)
    schedule.setup_schedule()
    for entry in schedule.schedule.values():
        entry.last_run_at = entry.schedule.now() + timedelta(days=1)
    schedule.begin_anew()
    waits = [entry.is_due().next for entry in schedule.schedule.values()]
    assert max(waits) <= 3600
