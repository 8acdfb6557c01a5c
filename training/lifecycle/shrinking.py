"""A SQLite file gives back the room of what was erased, in pieces between which others write."""

from __future__ import annotations

import time

from sqlalchemy import Engine

from storage.session import empty_log, free_pages, give_back

PIECE = 100  # pages of 4 KB: some 20 ms, and less than 100 ms on a disk at work
SPARE = 250  # pages that stay in the file, for the next messages
SECONDS = 60.0  # of each hour, pauses included
SHORTEST_PAUSE_SECONDS = 0.02


def shrink(engine: Engine, seconds: float = SECONDS) -> None:
    """Give free pages back for at most that long, then empty the write-ahead log. Raises DatabaseUnreachable."""
    deadline, left = time.monotonic() + seconds, free_pages(engine)
    while left > SPARE and time.monotonic() < deadline:
        started = time.monotonic()
        give_back(engine, min(PIECE, left - SPARE))
        time.sleep(max(time.monotonic() - started, SHORTEST_PAUSE_SECONDS))  # half of the time is the writers'
        left = free_pages(engine)
    empty_log(engine)
