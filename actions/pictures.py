"""Reads the pictures that wait, one after the other, in a thread of their own; each in a process of its own."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from sqlalchemy import Engine

from actions import picture_process
from actions.picture_process import Unreadable
from jobs import send
from storage.moderation import picture_readings
from storage.moderation.picture_readings import Reading, Waiting
from storage.session import reading, transaction

Fetch = Callable[[str], bytes]
Read = Callable[[bytes, Waiting], Reading]

log = structlog.get_logger()


def read_waiting(engine: Engine, fetch: Fetch, read: Read = picture_process.read) -> int:
    """Read what waits, and have each message judged then. Returns how many. Raises DatabaseUnreachable."""
    count = 0
    while (waiting := _claim(engine)) is not None:
        _read_one(engine, waiting, fetch, read)
        send.classify()
        count += 1
    return count


def _claim(engine: Engine) -> Waiting | None:
    with reading(engine) as session:
        if not picture_readings.is_waiting(session):
            return None
    with transaction(engine) as session:
        return picture_readings.claim(session)


def _read_one(engine: Engine, waiting: Waiting, fetch: Fetch, read: Read) -> None:
    try:
        result = read(fetch(waiting.picture_id), waiting)
    except Unreadable as error:
        log.info("picture not read", message_row=waiting.message_row, reason=str(error))
        with transaction(engine) as session:
            picture_readings.failed(session, waiting, str(error), error.is_final)
    else:
        with transaction(engine) as session:
            picture_readings.read(session, waiting, result)
