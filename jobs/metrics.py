"""What a process tells Prometheus, on a port of its own beside the public one: `/metrics`, `/healthz` and `/readyz`.

Each package defines the figures that only it knows on `REGISTRY`; a process exposes those of what it imports.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import prometheus_client
import structlog
from prometheus_client import CollectorRegistry, Gauge, ProcessCollector

from jobs import heartbeat
from jobs.heartbeat import Heartbeat
from jobs.metrics_server import Answers, Server
from jobs.settings import JobsSettings

OFFSETS = {"review": 0, "worker": 1, "actions": 2, "schedule": 3, "training": 4, "bot": 5}  # from HAMLET_METRICS_PORT

Hindrances = Callable[[], list[str]]

log = structlog.get_logger()

prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]  # a series a counter that nobody reads
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)  # processor time, memory, open files
PROCESS = Gauge("hamlet_process_info", "Which of hamlet's processes this is, always 1", ("process",), registry=REGISTRY)
HEARTBEAT_AGE = Gauge(
    "hamlet_heartbeat_age_seconds", "Seconds since the process's loop last gave a sign of life", registry=REGISTRY
)


def serve(process: str, settings: JobsSettings, hindrances: Hindrances | None = None) -> Server | None:
    """Answer scrapes from a thread, where HAMLET_METRICS_PORT says so; None where there is no port, or none to be had.

    `hindrances` says why nothing can be judged, for `/readyz`; without it there is no such path.
    """
    if not settings.metrics_port:
        return None
    PROCESS.labels(process).set(1)
    HEARTBEAT_AGE.set_function(lambda: _age(process, settings))
    port = settings.metrics_port + OFFSETS[process]
    answers = Answers(REGISTRY, Watch(process, settings).silence, hindrances)
    try:
        server = Server(settings.metrics_host, port, answers)
    except (OSError, UnicodeError) as error:
        address = f"{settings.metrics_host}:{port}"
        log.warning("no metrics: their port cannot be used", address=address, reason=str(error))
        return None
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    log.info("metrics", address=f"{settings.metrics_host}:{port}")
    return server


def _age(process: str, settings: JobsSettings) -> float:
    age = Heartbeat(process, settings).age_seconds()
    return float("nan") if age is None else age


class Watch:
    """Whether the process's own loop goes on; its thread for scrapes would answer even if it did not."""

    def __init__(self, process: str, settings: JobsSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._process, self._settings, self._clock = process, settings, clock
        self._started_at = clock()

    def silence(self) -> str | None:
        """How long the loop has been silent, if for too long; a process that has just started may take its time."""
        longest = heartbeat.LONGEST_SILENCE_SECONDS.get(self._process)
        if longest is None or self._clock() - self._started_at < longest:
            return None
        age = Heartbeat(self._process, self._settings).age_seconds()
        if age is not None and age <= longest:
            return None
        return f"{self._process} has shown no sign of life {'yet' if age is None else f'for {age:.0f} s'}"
