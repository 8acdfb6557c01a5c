"""How far thresholds move by standing, cached in this process."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import Engine

from storage import odds
from storage.moderation.odds import counted
from storage.odds import NEUTRAL, Shifts
from storage.session import reading

KEPT_SECONDS = 600.0


class Odds:
    """The shifts that follow from moderators' decisions, computed at most once in KEPT_SECONDS."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine, self._clock = engine, clock
        self._shifts, self._kept_until = NEUTRAL, float("-inf")

    def shifts(self) -> Shifts:
        """The shifts to judge with. Raises DatabaseUnreachable."""
        if self._clock() >= self._kept_until:
            with reading(self._engine) as session:
                self._shifts = odds.shifts(counted(session))
            self._kept_until = self._clock() + KEPT_SECONDS
        return self._shifts
