"""Rows from a clock that was ahead: what they put off, nobody waits for."""

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
from storage.queries import sanctions
from storage.rules import BAN_LASTS

LONGEST = timedelta(hours=1)  # of a lease, by its setting; what Telegram puts off for longer is asked for again
WAITING: tuple[tuple[InstrumentedAttribute[Any], ColumnElement[bool]], ...] = (
    (Message.lease_until, Message.state == MessageState.PENDING),
    (Action.lease_until, Action.state == ActionState.PENDING),
    (Action.not_before, (Action.state == ActionState.PENDING) & ~sanctions.is_release()),
    (Lease.until, true()),
    (Wait.until, true()),
)
HAPPENED: tuple[InstrumentedAttribute[Any], ...] = (  # what something is counted or waited for from
    Run.asked_at, Run.started_at, Run.ended_at, ModelVersion.promoted_at, ModelVersion.shadow_from,
    Action.created_at, Correction.created_at, Report.created_at,
)  # fmt: skip


def bring_back(session: Session) -> int:
    """Have end now what would last for longer than anything of ours does. Returns how many rows that were."""
    return sum(_now(session, column, is_meant) for column, is_meant in WAITING) + _releases(session)


def _releases(session: Session) -> int:
    """A sanction that hamlet itself ends lasts no longer from now on than any does."""
    longest = now() + BAN_LASTS
    ahead = update(Action).where(Action.state == ActionState.PENDING, sanctions.is_release())
    ahead = ahead.where(Action.not_before > longest + LONGEST).values(not_before=longest, until=longest)
    return _count(session, ahead)


def bring_back_what_happened(session: Session) -> int:
    """Have happened now what says that it happens in an hour or later. Returns how many rows that were."""
    return sum(_now(session, column, true()) for column in HAPPENED)


def _now(session: Session, column: InstrumentedAttribute[Any], is_meant: ColumnElement[bool]) -> int:
    moment = now()
    ahead = update(column.class_).where(column > moment + LONGEST, is_meant).values({column.key: moment})
    return _count(session, ahead)


def _count(session: Session, ahead: Update) -> int:
    done = session.execute(ahead.execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]  # the cursor result has it
