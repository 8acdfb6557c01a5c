"""One typed function per job. None of them ever fails its caller: what was to be done is in the database already.

Blocking calls, bounded by the broker's timeouts: from an event loop, use `asyncio.to_thread`.
"""

from __future__ import annotations

import threading
import time

import structlog
from kombu.exceptions import KombuError
from redis import RedisError

from jobs.app import ACTIONS, BELL_SECONDS, CLASSIFY, TRAINING, app

RING_EVERY_SECONDS = 0.02  # more often says nothing more: one bell has the worker take all that waits
SILENT_SECONDS = 5.0  # after a failure the bell is left alone so long; `sweep` rings meanwhile

log = structlog.get_logger()


class Bell:
    """Rings at most once in `RING_EVERY_SECONDS`, and once more after the last call of a flurry."""

    def __init__(self, task: str, queue: str) -> None:
        self._task, self._queue = task, queue
        self._lock = threading.Lock()
        self._next_at = 0.0
        self._timer: threading.Timer | None = None

    def ring(self) -> None:
        with self._lock:
            wait = self._next_at - time.monotonic()
            if wait > 0:
                self._ring_later(wait)
                return
            self._next_at = time.monotonic() + RING_EVERY_SECONDS
        if not _send(self._task, self._queue):
            self._next_at = time.monotonic() + SILENT_SECONDS

    def _ring_later(self, wait: float) -> None:
        if self._timer is None:
            self._timer = threading.Timer(wait, self._trailing)
            self._timer.daemon = True
            self._timer.start()

    def _trailing(self) -> None:
        with self._lock:
            self._timer = None
        self.ring()


def _send(task: str, queue: str, *arguments: int) -> bool:
    """Publish one job. Returns False, having said so, where the broker is out of reach."""
    try:
        app.send_task(task, args=arguments, queue=queue, expires=BELL_SECONDS, ignore_result=True)
    except (KombuError, RedisError, OSError) as error:
        log.warning("broker out of reach: work waits in the database until it is back", job=task, reason=str(error))
        return False
    return True


_classify = Bell("worker.classify", CLASSIFY)


def classify() -> None:
    """Messages wait for a verdict."""
    _classify.ring()


def act(verdict_id: int) -> None:
    """The verdict, or a correction of it, asks for calls to the outside world."""
    _send("worker.act", ACTIONS, verdict_id)


def explain(verdict_id: int) -> None:
    """Somebody wants to know what this verdict rests on."""
    _send("worker.explain", CLASSIFY, verdict_id)


def consider() -> None:
    """A run was asked for, or may be due."""
    _send("training.consider", TRAINING)


def tidy() -> None:
    """Old raw updates, logins and model directories may go."""
    _send("training.tidy", TRAINING)
