"""Numbers of groups that became supergroups: dead at Telegram, and replaced by the new one wherever one is still named."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import BigInteger, ColumnElement, bindparam, func, select
from sqlalchemy.orm import Session

from storage.models import Move
from storage.upsert import insert_once


def note(session: Session, old_id: int, new_id: int) -> None:
    """Record that a group moved; recording it twice is harmless."""
    if old_id != new_id:
        insert_once(session, Move, {"old_id": old_id, "new_id": new_id})


def present(session: Session, external_id: int) -> int:
    """The number that this chat has now. A supergroup never moves, so there is at most one step."""
    new_id = session.scalars(select(Move.new_id).where(Move.old_id == external_id)).one_or_none()
    return external_id if new_id is None else new_id


def number_now(parameter: str) -> ColumnElement[int | None]:
    """The same as `present`, as a part of another statement that is given the chat's number, or None, by this name."""
    number = bindparam(parameter, type_=BigInteger)
    return func.coalesce(select(Move.new_id).where(Move.old_id == number).scalar_subquery(), number)


def all_present(session: Session, external_ids: Iterable[int | None]) -> dict[int, int]:
    """The numbers that these chats have now, by the given ones; None is passed over."""
    given = {external_id for external_id in external_ids if external_id is not None}
    moved = {move.old_id: move.new_id for move in session.scalars(select(Move).where(Move.old_id.in_(given)))}
    return {external_id: moved.get(external_id, external_id) for external_id in given}


def is_dead(session: Session, external_id: int | None) -> bool:
    """Whether calls to a chat of that number can no longer succeed."""
    return external_id is not None and present(session, external_id) != external_id
