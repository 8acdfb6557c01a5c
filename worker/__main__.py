"""`python -m worker` runs the worker; `python -m worker actions` is an older name of `python -m actions`."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING

import structlog

from jobs import logs, monitoring
from jobs.app import CLASSIFY, listen
from jobs.entry_point import refuse, refusing
from jobs.settings import JobsSettings
from storage import statements
from storage.errors import DatabaseUnreachable
from storage.settings import StorageSettings
from storage.views import wellness

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from worker.champion import Champion

NAME = "worker"


def main() -> None:
    """Prepare the context, load the champion, then listen to the queue until told to stop."""
    with refusing():
        settings = JobsSettings()
        logs.configure(NAME, settings)
        from worker import tasks  # Celery's app reads the environment as it is imported

        context, storage = tasks.context(), StorageSettings()
    monitoring.start(NAME, settings, partial(hindrances, context.champion, context.engine, storage), statements.watch)
    try:
        context.champion.current()  # now, so that the first verdict does not wait for it
    except DatabaseUnreachable as error:
        structlog.get_logger().warning("database out of reach: the sweep will try again", reason=str(error))
    listen(NAME, CLASSIFY)


def hindrances(champion: Champion, engine: Engine, storage: StorageSettings) -> list[str]:
    """Why this worker cannot judge."""
    if not champion.loaded:
        return ["no model version is loaded"]
    return wellness.hindrances_now(engine, storage.has_files)


if __name__ == "__main__":
    match sys.argv[1:]:
        case [] | ["worker"]:
            main()
        case ["actions"]:
            os.execv(sys.executable, [sys.executable, "-m", "actions"])
        case [other, *_]:
            refuse(f"there is no process {other!r}; choose worker or actions")
