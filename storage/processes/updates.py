"""Telegram's raw updates: committed before they are confirmed, replayed until their effects are stored.

Two bots may hold the same update in memory. Whatever is stored of it is stored together with its mark or behind the lock of its
row, so that the second one finds it handled and stores nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Text, bindparam, cast, delete, or_, select, update
from sqlalchemy.orm import Session

from storage.errors import StorageError
from storage.models import Update, now
from storage.types import jsonable
from storage.upsert import insert_all_once

MAX_ATTEMPTS = 5  # an update whose handler failed this often is given up and stays visible with its error

# made once, as it follows each message
TABLE: Any = Update.__table__
IS_WAITING = (
    (TABLE.c.bot_id == bindparam("bot")) & (TABLE.c.update_id == bindparam("id")) & TABLE.c.handled_at.is_(None)
)
HANDLED = update(TABLE).where(IS_WAITING)
HANDLED = HANDLED.values(handled_at=bindparam("at"), error=None, payload=bindparam("emptied"))


class AlreadyHandled(StorageError):
    def __init__(self, update_id: int) -> None:
        super().__init__(f"the update {update_id} is handled already, by another bot perhaps")


def keep(session: Session, bot_id: int, payloads: Mapping[int, dict[str, Any]]) -> list[int]:
    """Store raw updates by their ids. Returns the new ones' ids: the others are stored already (Telegram sent them again)."""
    rows = [
        {"bot_id": bot_id, "update_id": update_id, "payload": jsonable(payload)}
        for update_id, payload in payloads.items()
    ]
    return insert_all_once(session, Update, rows, Update.update_id)


def unhandled(session: Session, bot_id: int, after: int = -1, limit: int | None = None) -> dict[int, dict[str, Any]]:
    """Payloads of updates that wait to be handled, by their ids, in Telegram's order, beginning with those past `after`."""
    waiting = select(Update.update_id, Update.payload).where(Update.bot_id == bot_id, Update.handled_at.is_(None))
    waiting = waiting.where(Update.attempts < MAX_ATTEMPTS, Update.update_id > after)
    rows = session.execute(waiting.order_by(Update.update_id).limit(limit))
    return {row.update_id: row.payload for row in rows}


def handled(session: Session, bot_id: int, update_id: int) -> None:
    """Record that the update was handled. Its content goes: the row is there so that nothing is handled twice.

    Raises AlreadyHandled, after waiting for another transaction that handles it just now.
    """
    marked = session.execute(HANDLED, {"bot": bot_id, "id": update_id, "at": now(), "emptied": {}})
    if not marked.rowcount:  # type: ignore[attr-defined]  # the cursor result of an UPDATE has it
        raise AlreadyHandled(update_id)


def require_unhandled(session: Session, bot_id: int, update_id: int) -> None:
    """Lock the update's row, so that nobody else handles it until the transaction ends. Raises AlreadyHandled."""
    waiting = select(TABLE.c.update_id).where(IS_WAITING).with_for_update()
    if session.execute(waiting, {"bot": bot_id, "id": update_id}).one_or_none() is None:
        raise AlreadyHandled(update_id)


def failed(session: Session, bot_id: int, update_id: int, error: str, counts: bool = True) -> None:
    """Record a failure of the update's handler, which is tried again until MAX_ATTEMPTS failures that count."""
    values = {"attempts": Update.attempts + int(counts), "error": error[:500]}
    waits = (Update.bot_id == bot_id, Update.update_id == update_id, Update.handled_at.is_(None))
    session.execute(update(Update).where(*waits).values(**values))


def forget_person(session: Session, user_id: int) -> None:
    """Empty the stored updates that name this person, as author, in a reply or otherwise, and that need no handler any more.

    The rows stay, so that Telegram may send them again.
    """
    payload = cast(Update.payload, Text)
    names_them = or_(*(payload.contains(f'"id": {user_id}{end}', autoescape=True) for end in ",}"))
    is_over = Update.handled_at.is_not(None) | (Update.attempts >= MAX_ATTEMPTS)
    emptied = update(Update).where(names_them, is_over).values(payload={}, error=None)
    session.execute(emptied.execution_options(synchronize_session=False))


def forget_old(session: Session, days: float) -> int:
    """Delete updates handled, or given up and received, more than `days` ago. Returns how many."""
    before = now() - timedelta(days=days)
    given_up = (Update.attempts >= MAX_ATTEMPTS) & (Update.received_at < before)
    old = delete(Update).where((Update.handled_at < before) | given_up)
    return int(session.execute(old).rowcount)  # type: ignore[attr-defined]  # the cursor result of a DELETE has it
