"""How many messages are claimed at once: more than the setting while full batches are judged in no time.

Each batch costs some round trips to the database, however many messages it has, and a matrix product over many tokens costs
less per token. What is claimed must not take long either: whoever writes meanwhile waits for it, a newcomer too. So a
batch grows only where more waits than it takes, while it takes a second; what five seconds do not suffice for is given
back (`moderation.LONGEST_SECONDS`).
"""

from __future__ import annotations

import time
from collections.abc import Callable

QUICK_SECONDS = 1.0  # a full batch that took less is followed by one of twice its size
SLOW_SECONDS = 2.5  # one that took more, by one of half its size
MOST_TIMES = 16  # the setting


class BatchSize:
    """The size of the next batch: between the setting and MOST_TIMES it."""

    def __init__(self, least: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._least, self._clock = least, clock
        self._size, self._began_at = least, 0.0

    def begin(self) -> int:
        """A batch begins: how many messages it may have."""
        self._began_at = self._clock()
        return self._size

    def end(self, judged: int) -> None:
        """It is over; so many messages were judged."""
        seconds = self._clock() - self._began_at
        if seconds > SLOW_SECONDS:
            self._size = max(self._size // 2, self._least)
        elif judged == self._size and seconds < QUICK_SECONDS:
            self._size = min(self._size * 2, self._least * MOST_TIMES)
