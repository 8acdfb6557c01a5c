"""Repairs rows that were written while the clock was ahead, so that nothing waits for moments far in the future."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Update, select, true, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from storage.models import (
    Action,
    ActionKind,
    ActionState,
    Claim,
    Correction,
    Delivery,
    Lease,
    Listing,
    Message,
    MessageState,
    ModelVersion,
    Picture,
    RecentSpam,
    Report,
    Rescan,
    Run,
    SecondOpinion,
    Wait,
    now,
)
from storage.moderation import sanctions_in_force
from storage.sanctions import length

LONGEST = timedelta(
    hours=1
)  # a lease may last, by its setting; a longer wait for Telegram is shortened, and Telegram asks for it again
LONGEST_NIGHT = timedelta(hours=10)  # until the morning, which these kinds may wait for
IN_THE_MORNING = (ActionKind.DIGEST, ActionKind.HOLD, ActionKind.CASE, ActionKind.ANNOUNCE)
AHEAD = timedelta(minutes=1)  # two machines' clocks may differ by less
IS_DELIVERED = Delivery.state == ActionState.PENDING
IS_RESCANNED = Rescan.done_at.is_(None)
IS_CALL = (Action.state == ActionState.PENDING) & ~sanctions_in_force.is_release()
WAITING: tuple[tuple[InstrumentedAttribute[Any], ColumnElement[bool], timedelta], ...] = (
    (Message.lease_until, Message.state == MessageState.PENDING, LONGEST),
    (Action.lease_until, Action.state == ActionState.PENDING, LONGEST),
    (Action.not_before, IS_CALL & Action.kind.not_in(IN_THE_MORNING), LONGEST),
    (Action.not_before, IS_CALL & Action.kind.in_(IN_THE_MORNING), LONGEST_NIGHT),
    (Picture.lease_until, true(), LONGEST),
    (Delivery.lease_until, IS_DELIVERED, LONGEST),
    (Delivery.not_before, IS_DELIVERED, LONGEST),
    (Rescan.lease_until, IS_RESCANNED, LONGEST),
    (SecondOpinion.asked_at, SecondOpinion.answered_at.is_(None), AHEAD),
    (Listing.asked_at, Listing.answered_at.is_(None), AHEAD),
    (Claim.until, true(), LONGEST),
    (Lease.until, true(), LONGEST),
    (Wait.until, true(), LONGEST),
)
WRITTEN: tuple[tuple[InstrumentedAttribute[Any], InstrumentedAttribute[Any], ColumnElement[bool]], ...] = (
    (Message.lease_until, Message.received_at, Message.state == MessageState.PENDING),
    (Action.lease_until, Action.created_at, Action.state == ActionState.PENDING),
    (Action.not_before, Action.created_at, IS_CALL & Action.kind.not_in(IN_THE_MORNING)),
    (Delivery.lease_until, Delivery.created_at, IS_DELIVERED),
    (Delivery.not_before, Delivery.created_at, IS_DELIVERED),
    (Rescan.lease_until, Rescan.created_at, IS_RESCANNED),
)
HAPPENED: tuple[InstrumentedAttribute[Any], ...] = (  # moments from which something is counted or waited for
    Run.asked_at,
    Run.started_at,
    Run.ended_at,
    ModelVersion.promoted_at,
    ModelVersion.shadow_from,
    Action.created_at,
    Correction.created_at,
    Report.created_at,
    RecentSpam.seen_at,
    Delivery.created_at,
    SecondOpinion.asked_at,  # attempts within a day count against the day's budget
    Listing.asked_at,
)


def bring_back(session: Session) -> int:
    """End now every wait that would last longer than it may, or that was begun by a clock which was set back since.

    Returns how many rows were changed.
    """
    begun = sum(_begun_ahead(session, *columns) for columns in WRITTEN)
    return begun + sum(_now(session, *waiting) for waiting in WAITING) + _releases(session)


def _begun_ahead(
    session: Session,
    until: InstrumentedAttribute[Any],
    written_at: InstrumentedAttribute[Any],
    is_meant: ColumnElement[bool],
) -> int:
    """End now what waits by the clock as it was before: its row is of the future, and the wait ends after that."""
    moment = now()
    is_ahead = (written_at > moment + AHEAD) & (until >= written_at)
    return _count(session, update(until.class_).where(is_ahead, is_meant).values({until.key: moment}))


def _releases(session: Session) -> int:
    """Limit the sanctions that hamlet itself ends to their length from now."""
    waiting = (Action.state == ActionState.PENDING, sanctions_in_force.is_release())
    lengths = session.scalars(select(Action.lasts).where(*waiting).distinct()).all()
    return sum(_limit(session, update(Action).where(*waiting), lasts) for lasts in lengths)


def _limit(session: Session, waiting: Update, lasts: int | None) -> int:
    """Limit the waiting releases of sanctions of that length, in seconds as their rows store it."""
    longest = now() + length(lasts)
    ahead = waiting.where(Action.lasts.is_not_distinct_from(lasts), Action.not_before > longest + LONGEST)
    return _count(session, ahead.values(not_before=longest, until=longest))


def bring_back_what_happened(session: Session) -> int:
    """Set moments more than LONGEST in the future to now. Returns how many rows were changed."""
    return sum(_now(session, column, true(), LONGEST) for column in HAPPENED)


def _now(
    session: Session, column: InstrumentedAttribute[Any], is_meant: ColumnElement[bool], longest: timedelta
) -> int:
    moment = now()
    ahead = update(column.class_).where(column > moment + longest, is_meant).values({column.key: moment})
    return _count(session, ahead)


def _count(session: Session, ahead: Update) -> int:
    done = session.execute(ahead.execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]  # the cursor result has it
