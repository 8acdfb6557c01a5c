"""`python -m actions`: listen to the queue of requested actions."""

from __future__ import annotations

from jobs import logs, monitoring
from jobs.app import ACTIONS, listen
from jobs.entry_point import refusing
from jobs.settings import JobsSettings
from storage import statements

NAME = "actions"


def main() -> None:
    """Open the database and prepare the bot, then listen until told to stop."""
    with refusing():
        settings = JobsSettings()
        logs.configure(NAME, settings)
        from actions import outbound, tasks  # Celery's app reads the environment as it is imported

        tasks.context()
        outbound.backgrounds()
    monitoring.start(NAME, settings, watch_statements=statements.watch)
    listen(NAME, ACTIONS)


if __name__ == "__main__":
    main()
