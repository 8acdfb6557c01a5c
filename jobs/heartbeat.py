"""Liveness: each process touches a file from the loop that does its work; health checks look at its age."""

from __future__ import annotations

import time
from pathlib import Path

from jobs.settings import JobsSettings

CLOCKS_DIFFER_SECONDS = 5.0  # a disk's and a machine's; a beat that is further in the future says nothing


class Heartbeat:
    """The heartbeat of one process."""

    def __init__(self, process: str, settings: JobsSettings) -> None:
        self.path: Path = settings.runtime / f"{process}.heartbeat"

    def beat(self) -> None:
        """Say that the loop is alive; a full disk does not stop it."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.path.touch()
        except OSError:
            return

    def age_seconds(self) -> float | None:
        """Seconds since the last beat, or None where there was none that a clock of today made."""
        try:
            age = time.time() - self.path.stat().st_mtime
        except OSError:
            return None
        return max(age, 0.0) if age > -CLOCKS_DIFFER_SECONDS else None
