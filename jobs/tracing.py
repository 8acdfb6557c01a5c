"""Traces over OTLP/HTTP, where HAMLET_TRACES_URL names an address. What they may hold: `jobs/traces.py`."""

from __future__ import annotations

import structlog

from jobs import traces
from jobs.settings import JobsSettings
from jobs.traces import Watch

log = structlog.get_logger()


def start(process: str, settings: JobsSettings, watch_statements: Watch | None = None) -> bool:
    """Keep traces from now on, if an address is set and the packages are there. Returns whether they are kept."""
    if settings.traces_url is None:
        return False
    try:
        from jobs import spans, traced_jobs  # here, so that only who wants them has the packages in memory
    except ImportError as error:
        log.warning(
            "no traces: a package is missing", package=error.name, remedy="`make traces` installs what sends them"
        )
        return False
    kept = spans.exported(process, settings.traces_url, settings.traces_share)
    traced_jobs.connect(kept)
    if watch_statements is not None:
        watch_statements(kept.statement)
    traces.keep(kept)
    return True
