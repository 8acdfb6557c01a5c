"""What moderators decided, counted by the database: what is copied beside a decision is read there, the rest is looked up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import Float, Integer, Select, Subquery, cast, func, null, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from storage.models import Correction, CorrectionState, Message, ModelVersion, Verdict
from storage.moderation.corrections import COUNTED
from storage.moderation.quality_counts import hour_of, number, step_of, tenth_of

WEEK = 7 * 24  # hours
Chats = tuple[int, ...] | None


@dataclass(frozen=True)
class Group:
    """So many verdicts that moderators decided on, alike in everything else."""

    n: int
    scores: float  # their sum
    chat_id: int
    was_flagged: bool
    was_audited: bool
    is_spam: bool
    step: int
    tenth: int


def groups(session: Session, since: datetime, chats: Chats) -> list[Group]:
    """The labelled verdicts since that moment: decided, and undisputed."""
    rows = _labels(since, chats)
    own = (rows.c.chat_id, rows.c.was_flagged, rows.c.was_audited, rows.c.is_spam, rows.c.step, rows.c.tenth)
    looked_up = (rows.c.exactly, rows.c.meant, rows.c.stored)  # NULL of what is copied
    counted = select(func.count(), func.sum(rows.c.score), *own, *looked_up).group_by(*own, *looked_up)
    return [_group(*row) for row in session.execute(counted)]


def _group(n: int, scores: float, *rest: Any) -> Group:
    chat_id, was_flagged, was_audited, is_spam, step, tenth, score, meant, stored = rest
    if step is None:
        step, tenth = step_of(score, meant, stored), tenth_of(score)
    return Group(n, scores, chat_id, was_flagged, was_audited, is_spam, step, tenth)


def by_week(session: Session, monday: datetime, chats: Chats) -> list[tuple[int, bool, bool, int]]:
    """Labelled verdicts: the number of the week from that Monday on, whether flagged, whether spam, how many."""
    rows = _labels(monday, chats)
    week = (func.coalesce(rows.c.hour, hour_of(session, rows.c.judged_at)) - number(monday)) // WEEK
    alike = (week, rows.c.was_flagged, rows.c.is_spam)
    return [(*row,) for row in session.execute(select(*alike, func.count()).group_by(*alike))]


def median_wait(session: Session, since: datetime, chats: Chats, n: int) -> float | None:
    """The median of the seconds from each of the `n` labelled flags to its first decision; None without any."""
    if n == 0:
        return None
    rows = _labels(since, chats)
    wait = rows.c.decided_at - rows.c.judged_at
    if session.get_bind().dialect.name == "sqlite":
        wait = func.julianday(rows.c.decided_at) - func.julianday(rows.c.judged_at)
    ordered = select(rows.c.decided_at, rows.c.judged_at).where(rows.c.was_flagged).order_by(wait)
    middle = session.execute(ordered.offset((n - 1) // 2).limit(2 - n % 2)).all()
    seconds = [(decided_at - judged_at).total_seconds() for decided_at, judged_at in middle]
    return median(seconds) if seconds else None


def agreement(session: Session, since: datetime, chats: Chats) -> tuple[int, int]:
    """On how many verdicts two moderators or more agree, and on how many so many decided."""
    rows = _looked_up(since, chats).where(Correction.state.in_(COUNTED)).subquery()
    disputed = func.count().filter(rows.c.state == CorrectionState.DISPUTED)
    by_two = select(disputed.label("disputed")).group_by(rows.c.verdict_id)
    decided = by_two.having(func.min(rows.c.actor) < func.max(rows.c.actor)).subquery()
    counts = select(func.count().filter(decided.c.disputed == 0), func.count())
    agree, n = session.execute(counts.select_from(decided)).one()
    return agree, n


def _labels(since: datetime, chats: Chats) -> Subquery:
    """The accepted decisions on verdicts since that moment, of each verdict the first."""
    earlier = aliased(Correction)
    same = (earlier.verdict_id == Correction.verdict_id) & (earlier.id < Correction.id)
    before = select(earlier.id).where(same, earlier.state == CorrectionState.ACCEPTED).correlate(Correction).exists()
    accepted = Correction.state == CorrectionState.ACCEPTED
    return union_all(
        _copied(since, chats).where(accepted), _looked_up(since, chats).where(accepted, ~before)
    ).subquery()


def _copied(since: datetime, chats: Chats) -> Select[Any]:
    """Decisions beside which stands what they were about, each the only one on its verdict."""
    nothing = cast(null(), Float)
    rows = select(
        *_own(),
        Correction.chat_id,
        Correction.judged_at,
        Correction.hour,
        Correction.was_flagged,
        Correction.was_audited,
        Correction.score,
        Correction.step,
        Correction.tenth,
        nothing.label("exactly"),
        nothing.label("meant"),
        nothing.label("stored"),
    )
    rows = rows.where(Correction.judged_at >= since, Correction.verdict_id.not_in(_apart(since)))
    return rows if chats is None else rows.where(Correction.chat_id.in_(chats))


def _looked_up(since: datetime, chats: Chats) -> Select[Any]:
    """The others, with what they were about."""
    nothing = cast(null(), Integer)
    rows = select(
        *_own(),
        Message.chat_id,
        Verdict.created_at.label("judged_at"),
        nothing.label("hour"),
        Verdict.is_spam.label("was_flagged"),
        Verdict.is_audited.label("was_audited"),
        Verdict.score,
        nothing.label("step"),
        nothing.label("tenth"),
        Verdict.score.label("exactly"),
        ModelVersion.review_threshold.label("meant"),
        Verdict.review_threshold.label("stored"),
    )
    rows = rows.select_from(Correction).join(Correction.verdict).join(Verdict.message).join(Verdict.model_version)
    rows = rows.where(~Verdict.is_shadow, Verdict.created_at >= since, Correction.verdict_id.in_(_apart(since)))
    return rows if chats is None else rows.where(Message.chat_id.in_(chats))


def _own() -> tuple[Any, ...]:
    decided_at = Correction.created_at.label("decided_at")
    return Correction.verdict_id, Correction.is_spam, Correction.state, Correction.actor, decided_at


def _apart(since: datetime) -> Select[int]:
    """Verdicts with a decision that is not copied yet, or is not the only one."""
    one = aliased(Correction)
    is_apart = or_(one.judged_at.is_(None), ~one.is_only)  # exactly as in the index ix_corrections_apart
    return select(one.verdict_id).where(is_apart, or_(one.judged_at.is_(None), one.judged_at >= since))
