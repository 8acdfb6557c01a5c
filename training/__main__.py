"""`python -m training`: the process that works on the training queue. `python -m training run`: one run, then it ends."""

from __future__ import annotations

import os
import signal
import sys

import structlog

from jobs import logs
from jobs.app import TRAINING, listen
from jobs.door import refuse, refusing
from jobs.settings import JobsSettings
from storage.errors import StorageError
from storage.queries import runs
from storage.session import open_engine, reading
from storage.settings import StorageSettings
from training.errors import TrainingBusy, TrainingError

NICE = 10  # steps behind every other process


def main() -> None:
    from training import tasks

    with refusing():
        logs.configure("training", JobsSettings())
        StorageSettings()
    tasks.beat()
    listen("training", TRAINING)


def _end(*_: object) -> None:
    """End as Ctrl-C does, giving the lease back, which a second signal does not cut short."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(143)


def run() -> int:
    """The run that was asked for: registered, judged by the gate, and sent on its way."""
    from training.reporter import Silent
    from training.retrain import Asked, Workshop, retrain
    from training.schedule import BY_ITSELF
    from training.settings import TrainingSettings

    os.nice(NICE)
    signal.signal(signal.SIGTERM, _end)
    with refusing():
        logs.configure("training", JobsSettings())
        storage, settings = StorageSettings(), TrainingSettings()
    log = structlog.get_logger()
    settings = settings.model_copy(update={"training_threads": settings.scheduled_threads})
    workshop = Workshop(open_engine(storage.address), storage.models, settings)
    try:
        with reading(workshop.engine) as session:
            waits = runs.waiting(session)
        if waits is None:  # another process was faster
            log.info("no run was asked for: `hamlet train --now` asks for one")
            return 0
        version = retrain(workshop, Silent(), settings.recipe, Asked(BY_ITSELF, goes_on=True))
    except TrainingBusy:
        return 0
    except (TrainingError, StorageError) as error:
        log.error("the run failed", reason=str(error))
        return 1
    log.info("the run registered a version", model_version=version.name, state=version.state)
    return 0


if __name__ == "__main__":
    if sys.argv[1:] == ["run"]:
        sys.exit(run())
    if sys.argv[1:]:
        refuse(
            f"there is no {' '.join(sys.argv[1:])!r}; `python -m training` listens, `python -m training run` runs once"
        )
    main()
