"""`python -m worker` runs the worker; `python -m worker actions` is an older name of `python -m actions`."""

from __future__ import annotations

import os
import sys

import structlog

from jobs import logs
from jobs.app import CLASSIFY, listen
from jobs.entry_point import refuse, refusing
from jobs.settings import JobsSettings
from storage.errors import DatabaseUnreachable

NAME = "worker"


def main() -> None:
    """Prepare the context, load the champion, then listen to the queue until told to stop."""
    with refusing():
        logs.configure(NAME, JobsSettings())
        from worker import tasks  # Celery's app reads the environment as it is imported

        context = tasks.context()
    try:
        context.champion.current()  # now, so that the first verdict does not wait for it
    except DatabaseUnreachable as error:
        structlog.get_logger().warning("database out of reach: the sweep will try again", reason=str(error))
    listen(NAME, CLASSIFY)


if __name__ == "__main__":
    match sys.argv[1:]:
        case [] | ["worker"]:
            main()
        case ["actions"]:
            os.execv(sys.executable, [sys.executable, "-m", "actions"])
        case [other, *_]:
            refuse(f"there is no process {other!r}; choose worker or actions")
