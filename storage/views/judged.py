"""How many messages were judged and flagged: in hours that are over by their counts, in the others by the verdicts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, Select, Subquery, cast, func, literal, select, union_all
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from storage.models import HourCount, Message, Verdict
from storage.moderation.quality_counts import begin, counted_until, hour_of, number

WEEK = 7 * 24  # hours


def by_chat(session: Session, since: datetime, chats: tuple[int, ...] | None) -> dict[int, tuple[int, int]]:
    """Judged and flagged since that moment, by chat."""
    rows = _rows(session, since, chats)
    counts = select(rows.c.chat_id, func.sum(rows.c.judged), func.sum(rows.c.flagged)).group_by(rows.c.chat_id)
    return {chat: (judged, flagged) for chat, judged, flagged in session.execute(counts)}


def by_week(session: Session, monday: datetime, chats: tuple[int, ...] | None) -> dict[int, tuple[int, int]]:
    """Judged and flagged since that Monday, by the number of the week from there on; none for a week without any."""
    rows = _rows(session, monday, chats)
    week = (rows.c.hour - number(monday)) // WEEK
    counts = select(week, func.sum(rows.c.judged), func.sum(rows.c.flagged)).group_by(week)
    return {n: (judged, flagged) for n, judged, flagged in session.execute(counts)}


def _rows(session: Session, since: datetime, chats: tuple[int, ...] | None) -> Subquery:
    """Hours, chats and counts since that moment; of a verdict that is read itself, a row of its own."""
    first = number(since) + (begin(number(since)) < since)
    last = max(first, counted_until(session))
    within = (HourCount.hour >= first) & (HourCount.hour < last)
    counted = select(HourCount.hour, HourCount.chat_id, HourCount.judged, HourCount.flagged).where(within)
    if chats is not None:
        counted = counted.where(HourCount.chat_id.in_(chats))
    before = (Verdict.created_at >= since) & (Verdict.created_at < begin(first))
    after = Verdict.created_at >= begin(last)
    return union_all(counted, _read(session, before, chats), _read(session, after, chats)).subquery()


def _read(session: Session, within: ColumnElement[bool], chats: tuple[int, ...] | None) -> Select[int, int, int, int]:
    flagged = cast(Verdict.is_spam, Integer)
    verdicts = select(hour_of(session, Verdict.created_at), Message.chat_id, literal(1), flagged).select_from(Verdict)
    verdicts = verdicts.join(Verdict.message).where(~Verdict.is_shadow, within)
    return verdicts if chats is None else verdicts.where(Message.chat_id.in_(chats))
