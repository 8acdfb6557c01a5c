"""`python -m jobs`: the schedule, which rings what has to happen by itself. One is enough; two do no harm."""

from __future__ import annotations

from jobs import logs
from jobs.app import app
from jobs.door import refusing
from jobs.settings import JobsSettings


def main() -> None:
    with refusing():
        logs.configure("schedule", JobsSettings())
    app.start(["--quiet", "beat", "--scheduler", "jobs.schedule:BeatingScheduler", "--pidfile", ""])


if __name__ == "__main__":
    main()
