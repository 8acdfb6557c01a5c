"""Repairs rows that were written while the clock was ahead, so that nothing waits for moments far in the future."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Update, true, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from storage.models import (
    Action,
    ActionState,
    Correction,
    Lease,
    Message,
    MessageState,
    ModelVersion,
    Report,
    Run,
    Wait,
    now,
)
from storage.moderation import sanctions_in_force
from storage.rules import BAN_LASTS

LONGEST = timedelta(
    hours=1
)  # a lease may last, by its setting; a longer wait for Telegram is shortened, and Telegram asks for it again
WAITING: tuple[tuple[InstrumentedAttribute[Any], ColumnElement[bool]], ...] = (
    (Message.lease_until, Message.state == MessageState.PENDING),
    (Action.lease_until, Action.state == ActionState.PENDING),
    (Action.not_before, (Action.state == ActionState.PENDING) & ~sanctions_in_force.is_release()),
    (Lease.until, true()),
    (Wait.until, true()),
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
)


def bring_back(session: Session) -> int:
    """End now every wait that would last longer than LONGEST. Returns how many rows were changed."""
    return sum(_now(session, column, is_meant) for column, is_meant in WAITING) + _releases(session)


def _releases(session: Session) -> int:
    """Limit the sanctions that hamlet itself ends to BAN_LASTS from now."""
    longest = now() + BAN_LASTS
    ahead = update(Action).where(Action.state == ActionState.PENDING, sanctions_in_force.is_release())
    ahead = ahead.where(Action.not_before > longest + LONGEST).values(not_before=longest, until=longest)
    return _count(session, ahead)


def bring_back_what_happened(session: Session) -> int:
    """Set moments more than LONGEST in the future to now. Returns how many rows were changed."""
    return sum(_now(session, column, true()) for column in HAPPENED)


def _now(session: Session, column: InstrumentedAttribute[Any], is_meant: ColumnElement[bool]) -> int:
    moment = now()
    ahead = update(column.class_).where(column > moment + LONGEST, is_meant).values({column.key: moment})
    return _count(session, ahead)


def _count(session: Session, ahead: Update) -> int:
    done = session.execute(ahead.execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]  # the cursor result has it
