"""The figures of quality week by week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from storage.intervals import Share, wilson
from storage.models import Correction, CorrectionState, Message, Verdict, now

WEEKS = 12
MOST_LABELS = 50_000  # the newest ones are read
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
    mondays = [this_monday - n * LASTS for n in reversed(range(WEEKS))]
    there = ~Verdict.is_shadow & (Verdict.created_at >= mondays[0])
    if chats is not None:
        there &= Message.chat_id.in_(chats)
    weeks = [Week(monday.date()) for monday in mondays]
    _count_verdicts(session, there, mondays, weeks)
    _count_labels(session, there, mondays, weeks)
    return weeks


def _count_verdicts(session: Session, there: ColumnElement[bool], mondays: list[datetime], weeks: list[Week]) -> None:
    columns = []
    for monday in mondays:
        within = (Verdict.created_at >= monday) & (Verdict.created_at < monday + LASTS)
        columns += [func.count().filter(within), func.count().filter(within, Verdict.is_spam)]
    counted = session.execute(select(*columns).select_from(Verdict).join(Verdict.message).where(there)).one()
    for n, week in enumerate(weeks):
        week.judged, week.flagged = counted[2 * n], counted[2 * n + 1]


def _count_labels(session: Session, there: ColumnElement[bool], mondays: list[datetime], weeks: list[Week]) -> None:
    labels = select(Verdict.created_at, Verdict.is_spam, Correction.is_spam, Verdict.id).select_from(Correction)
    labels = labels.join(Correction.verdict).join(Verdict.message)
    labels = labels.where(there, Correction.state == CorrectionState.ACCEPTED).distinct()
    for judged_at, was_flagged, is_spam, _ in session.execute(labels.order_by(Verdict.id.desc()).limit(MOST_LABELS)):
        week = weeks[min((judged_at - mondays[0]) // LASTS, len(weeks) - 1)]
        week.confirmed += was_flagged and is_spam
        week.wrong += was_flagged and not is_spam
        week.missed += not was_flagged and is_spam
