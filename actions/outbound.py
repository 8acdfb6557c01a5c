"""Calls beside Telegram: made in a thread of their own, so that a slow receiver holds up no moderation."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from threading import Thread

import structlog

from actions import webhooks
from actions.settings import OutboundSettings
from actions.tasks import context
from jobs.app import app
from storage.errors import DatabaseUnreachable

log = structlog.get_logger()


class Background:
    """Work that one thread does at a time; what it does is in the database, so it may end with the process."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin, unless the work begun before is still going on."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = Thread(target=self._run, daemon=True)
            self._thread.start()

    def join(self) -> None:
        """Wait until the work under way is done."""
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            self._work()
        except DatabaseUnreachable as error:
            log.warning("database out of reach: calls to other addresses wait", reason=str(error))


@cache
def background() -> Background:
    """The process's calls; the settings are read once."""
    settings = OutboundSettings()
    return Background(lambda: make_calls(settings))


def make_calls(settings: OutboundSettings) -> None:
    """Make the calls that wait. Raises DatabaseUnreachable."""
    engine = context().engine
    webhooks.configure(engine, settings)
    webhooks.deliver_waiting(engine, settings)


@app.task(name="worker.sweep_outbound")
def sweep_outbound() -> None:
    """Every two seconds, and whenever somebody wants a delivery now."""
    background().start()
