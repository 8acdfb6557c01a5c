"""How much comes in for how long, and what is noted meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Load:
    """How long messages come in, and how many a second."""

    minutes: float
    a_second: float
    warm_up_seconds: float = 30.0  # until every process has loaded what it needs

    @property
    def seconds(self) -> float:
        return self.minutes * 60

    @property
    def messages(self) -> int:
        return round(self.seconds * self.a_second)


HOUR, FAST = Load(60, 50), Load(5, 10)


@dataclass
class Course:
    """What was noted on the way."""

    written: dict[int, datetime] = field(default_factory=dict)
    begin: float = 0.0
    end: float = 0.0
    sizes: list[tuple[int, int]] = field(default_factory=list)  # messages written and bytes: at first, after a quarter
    rolled_back_at: datetime | None = None
    before: str = ""  # the version that serves since then
