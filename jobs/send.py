"""One typed function for each job. None of them fails its caller: the work is in the database already.

Blocking calls, bounded by the broker's timeouts: from an event loop, use `asyncio.to_thread`.
"""

from __future__ import annotations

import threading
import time

import structlog
from kombu.exceptions import KombuError
from redis import RedisError

from jobs.app import ACTIONS, BELL_SECONDS, CLASSIFY, TRAINING, app

RING_EVERY_SECONDS = 0.1  # after one bell the worker takes everything that waits: more would only make batches small
SILENT_SECONDS = 5.0  # without a bell after a failure; `sweep` judges meanwhile

log = structlog.get_logger()


class Bell:
    """Rings at most once in `RING_EVERY_SECONDS`, and once more after the last call of a flurry.

    Only one call waits for a slow broker at a time: messages are stored no slower for it.
    """

    def __init__(self, task: str, queue: str) -> None:
        self._task, self._queue = task, queue
        self._lock = threading.Lock()
        self._next_at = 0.0
        self._is_ringing = False
        self._timer: threading.Timer | None = None

    def ring(self) -> None:
        """Send the job now, or once more when the interval is over."""
        with self._lock:
            wait = self._next_at - time.monotonic()
            if wait > 0 or self._is_ringing:
                self._ring_later(wait if wait > 0 else RING_EVERY_SECONDS)
                return
            self._next_at, self._is_ringing = time.monotonic() + RING_EVERY_SECONDS, True
        is_sent = False
        try:
            is_sent = _send(self._task, self._queue)
        finally:
            with self._lock:
                self._is_ringing = False
                if not is_sent:
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
    """Publish one job. Where the broker is out of reach, logs that and returns False."""
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
    """The verdict, or a correction of it, has requested actions."""
    _send("worker.act", ACTIONS, verdict_id)


def call_out() -> None:
    """A webhook's delivery is wanted at once."""
    _send("worker.sweep_outbound", ACTIONS)


def read_pictures() -> None:
    """A message waits for what stands in its picture."""
    _send("worker.read_pictures", ACTIONS)


def explain(verdict_id: int) -> None:
    """Somebody asks what this verdict is based on."""
    _send("worker.explain", CLASSIFY, verdict_id)


def consider() -> None:
    """A run was requested, or may be due."""
    _send("training.consider", TRAINING)


def tidy() -> None:
    """Old raw updates, logins and model directories may be deleted."""
    _send("training.tidy", TRAINING)
