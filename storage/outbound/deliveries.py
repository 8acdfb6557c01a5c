"""Deliveries: events that wait for the webhook, claimed under a lease, taken once or tried again for two days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from storage.errors import UnknownDelivery
from storage.models import ActionState, Delivery, now

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 10.0, 3600.0  # doubled from attempt to attempt
MAX_ATTEMPTS = 56  # with these pauses, two days
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Claimed:
    """A delivery that may be attempted until its lease runs out."""

    id: int
    event: str
    payload: dict[str, Any]
    attempts: int  # this one included


def claim(session: Session, lease_seconds: float) -> Claimed | None:
    """Take the delivery that has waited longest, for `lease_seconds`; None where none is due."""
    moment = now()
    is_free = or_(Delivery.lease_until.is_(None), Delivery.lease_until < moment)
    due = select(Delivery).where(Delivery.state == ActionState.PENDING, Delivery.not_before <= moment, is_free)
    due = due.order_by(Delivery.not_before, Delivery.id).limit(1).with_for_update(skip_locked=True)
    row = session.scalars(due).first()
    if row is None:
        return None
    row.lease_until, row.attempts = moment + timedelta(seconds=lease_seconds), row.attempts + 1
    return Claimed(row.id, row.event, row.payload, row.attempts)


def is_due(session: Session) -> bool:
    """Whether a delivery may wait for its attempt; changes nothing."""
    due = select(Delivery.id).where(Delivery.state == ActionState.PENDING, Delivery.not_before <= now())
    return session.scalars(due.limit(1)).first() is not None


def taken(session: Session, claimed: Claimed, status: int) -> None:
    """The receiver answered with this 2xx status."""
    _end(session, claimed, state=ActionState.DONE, status=status, error=None, done_at=now())


def refused(session: Session, claimed: Claimed, status: int | None, error: str) -> None:
    """The attempt failed: try again later, or give up after MAX_ATTEMPTS. `status` is None where nobody answered."""
    if claimed.attempts >= MAX_ATTEMPTS:
        _end(session, claimed, state=ActionState.FAILED, status=status, error=error)
        return
    seconds = min(FIRST_PAUSE_SECONDS * 2.0 ** min(claimed.attempts - 1, 20), LONGEST_PAUSE_SECONDS)
    _end(session, claimed, status=status, error=error, not_before=now() + timedelta(seconds=seconds))


def _end(session: Session, claimed: Claimed, **values: Any) -> None:
    """Give the lease back with these values, unless it was sent again meanwhile."""
    own = update(Delivery).where(Delivery.id == claimed.id, Delivery.state == ActionState.PENDING)
    session.execute(own.where(Delivery.attempts == claimed.attempts).values(**values, lease_until=None))


def latest(session: Session, limit: int) -> list[Delivery]:
    """The last deliveries, the newest first."""
    return list(session.scalars(select(Delivery).order_by(Delivery.id.desc()).limit(limit)))


def send_again(session: Session, delivery_id: int) -> Delivery:
    """Have a delivery attempted at once, whatever became of it, and for another two days. Raises UnknownDelivery."""
    row = session.get(Delivery, delivery_id, with_for_update=True)
    if row is None:
        raise UnknownDelivery(delivery_id)
    row.state, row.attempts, row.not_before, row.done_at = ActionState.PENDING, 0, now(), None
    row.lease_until = None
    return row


def tidy(session: Session) -> int:
    """Delete deliveries older than thirty days. Returns how many."""
    old = delete(Delivery).where(Delivery.created_at < now() - KEPT).returning(Delivery.id)
    return len(session.execute(old.execution_options(synchronize_session=False)).all())
