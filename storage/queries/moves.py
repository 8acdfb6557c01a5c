"""Numbers of groups that became supergroups: dead at Telegram, and followed wherever somebody still names one."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Move
from storage.queries.upsert import insert_once


def note(session: Session, old_id: int, new_id: int) -> None:
    """A group moved. Said twice, it is one move."""
    if old_id != new_id:
        insert_once(session, Move, {"old_id": old_id, "new_id": new_id})


def present(session: Session, external_id: int) -> int:
    """The number that this chat has now. A supergroup never moves, so one step is all there are."""
    found = session.scalars(select(Move.new_id).where(Move.old_id == external_id)).one_or_none()
    return external_id if found is None else found


def is_dead(session: Session, external_id: int | None) -> bool:
    """Whether no call to a chat of that number can succeed any more."""
    return external_id is not None and present(session, external_id) != external_id
