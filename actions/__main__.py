"""`python -m actions`: listen to the queue of requested actions."""

from __future__ import annotations

from jobs import logs
from jobs.app import ACTIONS, listen
from jobs.entry_point import refusing
from jobs.settings import JobsSettings

NAME = "actions"


def main() -> None:
    """Open the database and prepare the bot, then listen until told to stop."""
    with refusing():
        logs.configure(NAME, JobsSettings())
        from actions import outbound, tasks  # Celery's app reads the environment as it is imported

        tasks.context()
        outbound.backgrounds()
    listen(NAME, ACTIONS)


if __name__ == "__main__":
    main()
