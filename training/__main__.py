"""`python -m training`: the process that works on the training queue. `python -m training run`: one run, then it ends."""

from __future__ import annotations

import signal
import sys

import structlog

from jobs import error_reports, logs, monitoring, niceness, traces, tracing
from jobs.app import TRAINING, listen
from jobs.entry_point import refuse, refusing
from jobs.settings import JobsSettings
from storage import statements
from storage.errors import StorageError
from storage.learning import runs
from storage.session import open_engine, reading
from storage.settings import StorageSettings
from training.errors import TrainingBusy, TrainingError


def main() -> None:
    """Listen to the training queue."""
    from training.lifecycle import tasks

    with refusing():
        jobs = JobsSettings()
        logs.configure("training", jobs)
        StorageSettings()
    monitoring.start("training", jobs, watch_statements=statements.watch)
    tasks.beat()
    listen("training", TRAINING)


def _end(*_: object) -> None:
    """End as Ctrl-C does; a second signal does not keep the lease from being given back."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(143)


def run() -> int:
    """The run that was asked for: register a version, ask the gate, and let it go on. Returns the exit code."""
    from training.fit.progress import Silent
    from training.lifecycle.retrain import RunRequest, Workshop, retrain
    from training.lifecycle.schedule import BY_ITSELF
    from training.settings import TrainingSettings

    niceness.come_last()
    signal.signal(signal.SIGTERM, _end)
    with refusing():
        jobs = JobsSettings()
        logs.configure("training", jobs)
        storage, settings = StorageSettings(), TrainingSettings()
    error_reports.start("training", jobs)  # its figures are those of the process that began it
    tracing.start("training", jobs, statements.watch)
    log = structlog.get_logger()
    settings = settings.model_copy(update={"training_threads": settings.scheduled_threads})
    workshop = Workshop(open_engine(storage.address), storage.models, settings, storage.models_url)
    try:
        with reading(workshop.engine) as session:
            waiting = runs.waiting(session)
        if waiting is None:  # another process was faster
            log.info("no run was asked for: `hamlet train --now` asks for one")
            return 0
        with traces.span("training.run"):
            version = retrain(workshop, Silent(), settings.recipe, RunRequest(BY_ITSELF, goes_on=True))
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
