"""Regular expressions that ran too long several times are left out for a while: each time costs a batch its milliseconds."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger()

MOST_TIMES, WITHIN_SECONDS = 3, 300.0  # a busy machine may cost a good expression one or two of them
LEFT_OUT_SECONDS = 600.0


@dataclass
class SlowExpressions:
    """Which of one chat's expressions are left out in this process, until when."""

    clock: Callable[[], float] = time.monotonic
    _times: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _until: dict[str, float] = field(default_factory=dict)

    def leaves_out(self, pattern: str) -> bool:
        """Whether the expression is not to be searched for now."""
        return pattern in self._until and self.clock() < self._until[pattern]

    def ran_too_long(self, pattern: str) -> None:
        """Count it; at the third time within five minutes the expression is left out, which is logged."""
        now = self.clock()
        lately = [at for at in self._times[pattern] if now - at < WITHIN_SECONDS]
        self._times[pattern] = [*lately, now]
        if len(self._times[pattern]) >= MOST_TIMES:
            self._until[pattern] = now + LEFT_OUT_SECONDS
            self._times.pop(pattern, None)
            log.warning("a chat's expression is left out", expression=pattern, seconds=LEFT_OUT_SECONDS)
