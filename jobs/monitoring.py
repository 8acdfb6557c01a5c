"""How every process is watched from outside: figures for Prometheus, errors to a Sentry-compatible address. Both are off by default."""

from __future__ import annotations

from jobs import error_reports, metrics
from jobs.metrics import Hindrances
from jobs.settings import JobsSettings


def start(process: str, settings: JobsSettings, hindrances: Hindrances | None = None) -> None:
    """Begin, as the settings say; called once, after logging is set up. `hindrances` says why nothing can be judged."""
    error_reports.start(process, settings)
    metrics.serve(process, settings, hindrances)
