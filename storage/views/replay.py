"""Stored verdicts, to be judged again by any version."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.models import Message, Verdict
from storage.moderation import verdicts
from storage.moderation.verdicts import JudgedMessage

PAGE = 256


def page(session: Session, since: datetime, until: datetime | None = None, after: int = 0) -> list[JudgedMessage]:
    """The first PAGE verdicts of champions with ids above `after` on texts received from `since` until before `until`.

    A text that was judged twice has two verdicts. An erased text is ERASED.
    """
    chosen = verdicts.judged_text().where(Message.received_at >= since)
    if until is not None:
        chosen = chosen.where(Message.received_at < until)
    return verdicts.with_context(session, chosen.where(Verdict.id > after).order_by(Verdict.id).limit(PAGE))


def count(session: Session, since: datetime, until: datetime | None = None) -> int:
    """How many verdicts all pages have."""
    chosen = select(func.count(Verdict.id)).join(Verdict.message)
    chosen = chosen.where(~Verdict.is_shadow, Message.received_at >= since)
    return session.scalars(chosen if until is None else chosen.where(Message.received_at < until)).one()
