"""Leases on what only one process may do at a time; they expire if their holder dies."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from storage.models import Lease, now
from storage.upsert import insert_once


def take(session: Session, name: str, holder: str, seconds: float) -> bool:
    """Take or renew the lease. Returns False while another holds it."""
    until = now() + timedelta(seconds=seconds)
    if insert_once(session, Lease, {"name": name, "holder": holder, "until": until}):
        return True
    mine_or_free = or_(Lease.holder == holder, Lease.until < now())
    taken = update(Lease).where(Lease.name == name, mine_or_free).values(holder=holder, until=until)
    return int(session.execute(taken).rowcount) == 1  # type: ignore[attr-defined]  # the cursor result has it


def holder(session: Session, name: str) -> str | None:
    """Who took the lease last; None if it was given back."""
    return session.scalars(select(Lease.holder).where(Lease.name == name)).one_or_none()


def is_free(session: Session, name: str) -> bool:
    """Whether nobody holds the lease now."""
    held = select(Lease.name).where(Lease.name == name, Lease.until >= now())
    return session.scalars(held).first() is None


def give_back(session: Session, name: str, holder: str) -> None:
    """End the lease, if this holder has it."""
    session.execute(delete(Lease).where(Lease.name == name, Lease.holder == holder))
