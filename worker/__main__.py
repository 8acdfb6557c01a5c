"""`python -m worker` judges; `python -m worker actions` acts."""

from __future__ import annotations

import importlib
import sys

import structlog

from jobs import logs
from jobs.app import ACTIONS, CLASSIFY, listen
from jobs.door import refuse, refusing
from jobs.settings import JobsSettings
from storage.errors import DatabaseUnreachable

PROCESSES = {"worker": ("worker.tasks", CLASSIFY), "actions": ("worker.actions", ACTIONS)}


def main(process: str) -> None:
    """Prepare the process's room, then listen to its queue until told to stop."""
    if process not in PROCESSES:
        refuse(f"there is no process {process!r}; choose {' or '.join(PROCESSES)}")
    module, queue = PROCESSES[process]
    with refusing():
        logs.configure(process, JobsSettings())
        tasks = importlib.import_module(module)
        here = tasks.room()
    if process == "worker":
        _load_early(here)
    listen(process, queue)


def _load_early(here: object) -> None:
    """Load the champion before the first bell, so that the first verdict need not wait for it."""
    try:
        here.champion.current()  # type: ignore[attr-defined]  # worker.tasks.Room, which is imported only here
    except DatabaseUnreachable as error:
        structlog.get_logger().warning("database out of reach: the sweep will try again", reason=str(error))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "worker")
