"""What a public list of spammers, named by the operator, says of members: read for notices, cards and "Why?"."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from storage.models import Listing, now

KEPT = timedelta(days=1)  # an answer; the list is asked again about who writes after that
FORGOTTEN_AFTER = timedelta(days=30)  # notices and cards show it until then


@dataclass(frozen=True)
class Listed:
    """A member is on a list."""

    source: str  # the list's host
    since: datetime | None = None  # where the list says so


def of(session: Session, user_ids: Collection[int | None]) -> dict[int, Listed]:
    """Those of these members who are listed, by their number."""
    people = {user_id for user_id in user_ids if user_id is not None}
    if not people:
        return {}
    rows = session.scalars(select(Listing).where(Listing.user_id.in_(people), Listing.is_listed.is_(True)))
    return {row.user_id: Listed(row.source, row.since) for row in rows}


def count(session: Session, user_id: int) -> int:
    """1 where a list was asked about this person, and 0 where none was."""
    return session.scalars(select(func.count()).where(Listing.user_id == user_id)).one()


def forget(session: Session, user_id: int) -> None:
    """Delete what a list said of this person."""
    session.execute(delete(Listing).where(Listing.user_id == user_id))


def tidy(session: Session) -> None:
    """Delete answers that nobody has needed for a month."""
    session.execute(delete(Listing).where(Listing.asked_at < now() - FORGOTTEN_AFTER))
