"""`python -m training`: the process that works on the training queue."""

from __future__ import annotations

from jobs import logs
from jobs.app import TRAINING, listen
from jobs.door import refusing
from jobs.settings import JobsSettings
from storage.settings import StorageSettings
from training import tasks


def main() -> None:
    with refusing():
        logs.configure("training", JobsSettings())
        StorageSettings()
    tasks.beat()
    listen("training", TRAINING)


if __name__ == "__main__":
    main()
