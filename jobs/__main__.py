"""`python -m jobs`: the schedule, which rings for everything that happens at its time. One is enough; two do no harm."""

from __future__ import annotations

from jobs import logs
from jobs.app import app
from jobs.entry_point import refusing
from jobs.settings import JobsSettings


def main() -> None:
    """Run the schedule until told to stop."""
    with refusing():
        logs.configure("schedule", JobsSettings())
    app.start(["--quiet", "beat", "--scheduler", "jobs.schedule:BeatingScheduler", "--pidfile", ""])


if __name__ == "__main__":
    main()
