"""Liveness: each process touches a file from its main loop; health checks look at the age of the file."""

from __future__ import annotations

import time
from pathlib import Path

from jobs.settings import JobsSettings

LONGEST_SILENCE_SECONDS = {"worker": 60.0, "actions": 60.0, "schedule": 30.0, "bot": 180.0, "training": 900.0}
CLOCKS_DIFFER_SECONDS = 5.0  # the disk's and the machine's; a beat further in the future is ignored


class Heartbeat:
    """The heartbeat of one process."""

    def __init__(self, process: str, settings: JobsSettings) -> None:
        self.path: Path = settings.runtime / f"{process}.heartbeat"

    def beat(self) -> None:
        """Record that the loop is alive; a full disk does not stop the loop."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.path.touch()
        except OSError:
            return

    def age_seconds(self) -> float | None:
        """Seconds since the last beat; None where there was none, or where its time is in the future."""
        try:
            age = time.time() - self.path.stat().st_mtime
        except OSError:
            return None
        return max(age, 0.0) if age > -CLOCKS_DIFFER_SECONDS else None
