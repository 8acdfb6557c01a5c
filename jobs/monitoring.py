"""How every process is watched from outside: figures for Prometheus, errors, traces. All of it is off by default."""

from __future__ import annotations

from jobs import error_reports, metrics, tracing
from jobs.metrics import Hindrances
from jobs.settings import JobsSettings
from jobs.traces import Watch


def start(
    process: str,
    settings: JobsSettings,
    hindrances: Hindrances | None = None,
    watch_statements: Watch | None = None,
) -> None:
    """Begin, as the settings say; called once, after logging is set up.

    `hindrances` says why nothing can be judged, `watch_statements` tells traces of the database's statements.
    """
    error_reports.start(process, settings)
    tracing.start(process, settings, watch_statements)
    metrics.serve(process, settings, hindrances)
