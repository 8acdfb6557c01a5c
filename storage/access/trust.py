"""The members whom moderators trust: in good standing in their chat, whatever they write."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from storage.access import audit
from storage.models import Trust, now
from storage.types import ERASED
from storage.upsert import insert_once


def give(session: Session, chat_id: int, user_id: int, name: str, by: str) -> bool:
    """Trust this person in the chat (its row). Returns False where they are trusted already."""
    values = {"chat_id": chat_id, "user_id": user_id, "name": name, "trusted_by": by, "created_at": now()}
    is_new = insert_once(session, Trust, values)
    if is_new:
        audit.note(session, by, "trust", audit.about_member(user_id), chat_id)
    return is_new


def take(session: Session, chat_id: int, user_id: int, by: str) -> bool:
    """Trust this person no longer. Returns False where nobody did."""
    gone = delete(Trust).where(Trust.chat_id == chat_id, Trust.user_id == user_id).returning(Trust.user_id)
    was_given = session.scalars(gone).first() is not None
    if was_given:
        audit.note(session, by, "untrust", audit.about_member(user_id), chat_id)
    return was_given


def is_given(session: Session, chat_id: int, user_id: int) -> bool:
    """Whether this person is trusted in the chat."""
    return session.get(Trust, (chat_id, user_id)) is not None


def every(session: Session, chat_id: int) -> list[Trust]:
    """The chat's trusted members, the newest first."""
    return list(session.scalars(select(Trust).where(Trust.chat_id == chat_id).order_by(Trust.created_at.desc())))


def count(session: Session, user_id: int) -> int:
    """In how many chats this person is trusted."""
    return session.scalars(select(func.count()).select_from(Trust).where(Trust.user_id == user_id)).one()


def forget(session: Session, user_id: int) -> None:
    """Trust this person nowhere."""
    session.execute(delete(Trust).where(Trust.user_id == user_id))


def expire(session: Session, days: float) -> int:
    """Erase the names of those trusted more than `days` ago; their numbers stay, by which they are trusted. Returns how many."""
    old = update(Trust).where(Trust.created_at < now() - timedelta(days=days), Trust.name != ERASED)
    return len(session.execute(old.values(name=ERASED).returning(Trust.user_id)).all())
