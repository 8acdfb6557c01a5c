"""Whether Telegram still answers: each answered getUpdates is a heartbeat, and a long silence ends the process."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from typing import Any

import structlog
from prometheus_client import Gauge

from jobs.heartbeat import Heartbeat
from jobs.metrics import REGISTRY
from telegram_ui.requests import CountedRequest

SILENCE_SECONDS = 180.0  # a poll lasts 10 s, so this is over a dozen of them

LAST_POLL = Gauge(
    "hamlet_telegram_last_poll_timestamp_seconds",
    "When Telegram last answered a poll; 0 behind a webhook",
    registry=REGISTRY,
)

log = structlog.get_logger()


class WatchedRequest(CountedRequest):
    """The connection of getUpdates, which notes when Telegram last answered."""

    def __init__(self, heartbeat: Heartbeat, **options: Any) -> None:
        super().__init__(**options)
        self.heartbeat = heartbeat
        self.answered_at = time.monotonic()

    async def do_request(self, url: str, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        status, body = await super().do_request(url, *args, **kwargs)
        if status == 200:
            self.answered_at = time.monotonic()
            LAST_POLL.set_to_current_time()
            self.heartbeat.beat()
        return status, body


async def beat_on(request: WatchedRequest) -> None:
    """Behind a webhook there is no getUpdates: a running event loop is the sign of life."""
    while True:
        request.heartbeat.beat()
        await asyncio.sleep(15)


async def end_after_silence(request: WatchedRequest) -> None:
    """End this process once Telegram has not answered for SILENCE_SECONDS; its supervisor starts another."""
    LAST_POLL.set_to_current_time()
    while time.monotonic() - request.answered_at < SILENCE_SECONDS:
        await asyncio.sleep(5)
    log.error("nothing heard from Telegram: starting anew", seconds=SILENCE_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
