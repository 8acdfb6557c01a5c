"""The figures of quality week by week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from storage.intervals import Share, wilson
from storage.models import now
from storage.views import decisions, judged

WEEKS = 12
LASTS = timedelta(weeks=1)


@dataclass
class Week:
    """What was judged from this Monday on (UTC) until the next, and how moderators decided on it."""

    monday: date
    judged: int = 0
    flagged: int = 0
    confirmed: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> Share | None:
        """The share of decided flags that were spam."""
        return wilson(self.confirmed, self.confirmed + self.wrong)

    @property
    def undecided(self) -> int:
        """Flags that nobody decided on, or that are disputed."""
        return max(self.flagged - self.confirmed - self.wrong, 0)


def bounds(day: date) -> tuple[datetime, datetime]:
    """The first moment of that day's week and of the next one."""
    monday = datetime.combine(day - timedelta(days=day.weekday()), time(), UTC)
    return monday, monday + LASTS


def of(session: Session, chats: tuple[int, ...] | None) -> list[Week]:
    """The last twelve weeks of these chats (None: of all), the present one last."""
    this_monday, _ = bounds(now().date())
    first = this_monday - (WEEKS - 1) * LASTS
    weeks = [Week((first + n * LASTS).date()) for n in range(WEEKS)]
    for n, (there, flagged) in judged.by_week(session, first, chats).items():
        week = weeks[min(n, WEEKS - 1)]
        week.judged += there
        week.flagged += flagged
    for n, was_flagged, is_spam, count in decisions.by_week(session, first, chats):
        week = weeks[min(n, WEEKS - 1)]
        week.confirmed += count * (was_flagged and is_spam)
        week.wrong += count * (was_flagged and not is_spam)
        week.missed += count * (not was_flagged and is_spam)
    return weeks
