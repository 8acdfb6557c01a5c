"""`python -m jobs`: the schedule, which rings for everything that happens at its time. One is enough; two do no harm."""

from __future__ import annotations

from jobs import logs, monitoring
from jobs.app import app
from jobs.entry_point import refusing
from jobs.settings import JobsSettings


def main() -> None:
    """Run the schedule until told to stop."""
    with refusing():
        settings = JobsSettings()
        logs.configure("schedule", settings)
    monitoring.start("schedule", settings)
    app.start(["--quiet", "beat", "--scheduler", "jobs.schedule:BeatingScheduler", "--pidfile", ""])


if __name__ == "__main__":
    main()
