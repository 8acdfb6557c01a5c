"""What the page of quality reads in the place of every verdict: counts by hour, and what each decision was about.

Both are derived and can be counted again at any time; what is not counted yet, the page reads from the verdicts themselves.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Integer, Select, cast, delete, func, insert, select, text, update
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from storage.models import Correction, HourCount, Message, ModelVersion, Verdict, now
from storage.odds import moved, shifted

HOUR = timedelta(hours=1)
SETTLES_IN = HOUR  # by then every transaction that judges has ended, and clocks that differ agree that the hour is over
COUNTED_AGAIN = 48  # hours: a clock may have been set back
COPIED_AT_ONCE = 5_000
BINS = 10
STEPS = [step / 100 for step in range(101)]
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def number(moment: datetime) -> int:
    """The hour in which the moment is."""
    return (moment - BEGINNING) // HOUR


def begin(hour: int) -> datetime:
    """The first moment of an hour."""
    return BEGINNING + hour * HOUR


def hour_of(session: Session, moment: ColumnElement[datetime] | InstrumentedAttribute[datetime]) -> ColumnElement[int]:
    """The same as `number`, of a column."""
    if session.get_bind().dialect.name == "postgresql":
        return cast(func.floor(func.date_part("epoch", moment) / 3600), Integer)
    return cast(func.strftime("%s", moment), Integer).op("/")(3600)


def counted_until(session: Session) -> int:
    """The first hour whose verdicts have to be read themselves; 0 where no hour is counted."""
    newest = session.scalars(select(func.max(HourCount.hour))).one()
    return 0 if newest is None else min(newest + 1, _settled())


def _settled() -> int:
    """The first hour in which there may be verdicts to come."""
    return number(now() - SETTLES_IN)


def count_hours(session: Session) -> int:
    """Count the hours that are over and not yet counted, and the last two days again. Returns the number of rows.

    Two processes that count at once do so one after the other; who reads waits for neither.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE hour_counts IN SHARE ROW EXCLUSIVE MODE"))
    since, until = counted_until(session) - COUNTED_AGAIN, _settled()
    session.execute(delete(HourCount).where(HourCount.hour >= since))
    hour = hour_of(session, Verdict.created_at)
    within = (Verdict.created_at >= begin(max(since, 0))) & (Verdict.created_at < begin(until))
    counts = select(hour, Message.chat_id, func.count(), func.count().filter(Verdict.is_spam))
    counts = counts.select_from(Verdict).join(Verdict.message).where(~Verdict.is_shadow, within)
    rows = insert(HourCount).from_select(
        ["hour", "chat_id", "judged", "flagged"], counts.group_by(hour, Message.chat_id)
    )
    done = session.execute(rows)
    return int(done.rowcount)  # type: ignore[attr-defined]  # the cursor result has it


def copy(session: Session, limit: int = COPIED_AT_ONCE) -> int:
    """Put beside each new decision what it was about, at most so many at once. Returns how many.

    The messages stay locked meanwhile, so that none moves to another chat between reading and writing.
    """
    rows = session.execute(_uncopied().limit(limit).with_for_update(read=True, of=Message)).all()
    copies = [
        {
            "id": row.id,
            "chat_id": row.chat_id,
            "judged_at": row.judged_at,
            "score": row.score,
            "hour": number(row.judged_at),
            "step": step_of(row.score, row.meant, row.stored),
            "tenth": tenth_of(row.score),
            "was_flagged": row.was_flagged,
            "was_audited": row.was_audited,
            "is_only": not row.has_other,
        }
        for row in rows
    ]
    if copies:
        session.execute(update(Correction), copies)
    return len(copies)


def _uncopied() -> Select[int, int, datetime, float, float, float, bool, bool, bool]:
    other = aliased(Correction)
    same = (other.verdict_id == Correction.verdict_id) & (other.id != Correction.id)
    columns = (
        Correction.id,
        Message.chat_id.label("chat_id"),
        Verdict.created_at.label("judged_at"),
        Verdict.score.label("score"),
        ModelVersion.review_threshold.label("meant"),
        Verdict.review_threshold.label("stored"),
        Verdict.is_spam.label("was_flagged"),
        Verdict.is_audited.label("was_audited"),
        select(other.id).where(same).correlate(Correction).exists().label("has_other"),
    )
    rows = select(*columns).select_from(Correction)
    rows = rows.join(Correction.verdict).join(Verdict.message).join(Verdict.model_version)
    return rows.where(Correction.judged_at.is_(None))


def step_of(score: float, meant: float, stored: float) -> int:
    """The highest threshold for first messages, in hundredths, that would have flagged this score.

    The score is moved back by the author's standing, which moved the version's own threshold `meant` to `stored`.
    """
    return bisect_right(STEPS, shifted(score, -moved(meant, stored))) - 1


def tenth_of(score: float) -> int:
    """In which of the ten bins of calibration the score is."""
    return min(int(score * BINS), BINS - 1)
