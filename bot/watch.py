"""Is the bot still hearing? Each answered getUpdates is a heartbeat; a long silence ends the process, so that it is restarted."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from typing import Any

import structlog
from telegram.request import HTTPXRequest

from jobs.heartbeat import Heartbeat

SILENCE_SECONDS = 180.0  # polls last 10 s, so this is a dozen missed

log = structlog.get_logger()


class HeardRequest(HTTPXRequest):
    """The connection of getUpdates, which notes when Telegram last answered."""

    def __init__(self, heartbeat: Heartbeat, **options: Any) -> None:
        super().__init__(**options)
        self.heartbeat = heartbeat
        self.heard_at = time.monotonic()

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        status, body = await super().do_request(*args, **kwargs)
        if status == 200:
            self.heard_at = time.monotonic()
            self.heartbeat.beat()
        return status, body


async def beat_on(request: HeardRequest) -> None:
    """Behind a webhook nothing is asked for: the loop itself says that it turns."""
    while True:
        request.heartbeat.beat()
        await asyncio.sleep(15)


async def end_when_deaf(request: HeardRequest) -> None:
    """Stop this process once nothing was heard for SILENCE_SECONDS; its supervisor starts another."""
    while time.monotonic() - request.heard_at < SILENCE_SECONDS:
        await asyncio.sleep(5)
    log.error("nothing heard from Telegram: starting anew", seconds=SILENCE_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
