"""Claims waiting messages under a lease, so that each is judged by one worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import BindParameter, bindparam, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate
from sqlalchemy.sql.elements import ColumnElement

from storage import names
from storage.models import Message, MessageState, now

TURN = (Message.is_imported, Message.is_unlike_spam, Message.is_known, Message.id)  # in this order messages are judged


@dataclass(frozen=True)
class Claimed:
    """A message this worker may judge until its lease runs out."""

    id: int
    edit: int
    text: str
    words_alone: str | None = None  # without the author's names, where these were read with other words
    is_imported: bool = False  # a sample, which live messages do not wait for


def some(
    session: Session, holder: str, limit: int, lease_seconds: float, attempts: int, at_least: int = 0
) -> list[Claimed]:
    """Claim up to `limit` waiting messages that were claimed fewer than `attempts` times. Returns them in their turn.

    With `at_least`, only live ones that were claimed so often already.
    """
    values = {"moment": now(), "until": later(lease_seconds), "holder": holder, "most": attempts, "count": limit}
    rows = session.execute(_claiming(at_least), values).all()  # in any order
    rows = sorted(rows, key=lambda row: (row.is_imported, row.is_unlike_spam, row.is_known, row.id))
    return [_claimed(*row[:6]) for row in rows]


@cache
def _claiming(at_least: int) -> ReturningUpdate[int, int, str, str, str, bool, bool, bool]:
    """The statement, made once, as each batch is claimed by it."""
    free = select(Message.id).where(is_waiting(bindparam("moment")), Message.attempts < bindparam("most"))
    if at_least:
        free = free.where(Message.attempts >= at_least, ~Message.is_imported)
    free = free.order_by(*TURN).limit(bindparam("count"))
    once = free.with_for_update(skip_locked=True).cte("free")  # a plain sub-select may run twice and claim double
    claimed = update(Message).where(Message.id.in_(select(once.c.id)))
    claimed = claimed.values(
        lease_holder=bindparam("holder"), lease_until=bindparam("until"), attempts=Message.attempts + 1
    )
    returned = (Message.id, Message.edit, Message.text, Message.author_name, Message.author_username)
    turn = (Message.is_imported, Message.is_unlike_spam, Message.is_known)
    return claimed.returning(*returned, *turn).execution_options(synchronize_session=False)


def _claimed(row: int, edit: int, text: str, name: str, username: str, is_imported: bool) -> Claimed:
    words_alone = names.without(text, name, username)
    return Claimed(row, edit, text, words_alone if words_alone and words_alone != text else None, is_imported)


def is_waiting(moment: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Whether a message waits, and nobody has a lease on it at that moment."""
    is_free = or_(Message.lease_until.is_(None), Message.lease_until < moment)
    return (Message.state == MessageState.PENDING) & is_free


def later(seconds: float) -> datetime:
    """When a lease of so many seconds that begins now runs out."""
    return now() + timedelta(seconds=seconds)
