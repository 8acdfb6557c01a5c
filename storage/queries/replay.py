"""Stored history, to be judged once more by any version."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.models import Message, Verdict
from storage.queries import judged
from storage.queries.judged import Judged
from storage.types import ERASED

PAGE = 256


def pages(session: Session, since: datetime, until: datetime | None = None) -> Iterator[list[Judged]]:
    """The verdicts of champions on texts received from `since` on and before `until`, the oldest first, page by page.

    Where a text was judged twice, each verdict counts. Erased texts are gone.
    """
    chosen = judged.judged_text().where(Message.received_at >= since)
    if until is not None:
        chosen = chosen.where(Message.received_at < until)
    after = 0
    while page := judged.with_context(session, chosen.where(Verdict.id > after).order_by(Verdict.id).limit(PAGE)):
        after = page[-1].verdict_id
        yield [past for past in page if past.text != ERASED]


def count(session: Session, since: datetime, until: datetime | None = None) -> int:
    """How many verdicts `pages` gives at most."""
    chosen = select(func.count(Verdict.id)).join(Verdict.message)
    chosen = chosen.where(~Verdict.is_shadow, Message.received_at >= since)
    return session.scalars(chosen if until is None else chosen.where(Message.received_at < until)).one()
