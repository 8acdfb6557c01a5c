"""Who was seen joining which chat, and whether hamlet would have seen a join."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from storage.models import Chat, Join, Platform, now
from storage.upsert import insert_once

FIRST_DAYS = timedelta(days=14)  # of a chat with hamlet: most of those who write then were there before


def would_have_seen(chat: Chat) -> bool:
    """Whether a person without a recorded join is taken to have joined before hamlet could see it.

    Telegram tells administrators who joins, and in smaller groups shows everybody a service message. Where hamlet has
    seen neither, or people comment on a channel's posts without joining, a missing join says nothing: then a
    person counts as there before during the chat's first 14 days, and as a newcomer afterwards.
    """
    if chat.sees_joins_since is not None and not chat.has_comments:
        return True
    return now() - chat.created_at < FIRST_DAYS


def note(session: Session, chat: Chat, user_ids: Sequence[int], joined_at: datetime) -> None:
    """Record that these people joined the chat, which also shows that hamlet sees joins. A repeated join counts once."""
    see(chat)
    for user_id in user_ids:
        key = {"chat_id": chat.id, "user_id": user_id}
        if not insert_once(session, Join, {**key, "joined_at": joined_at}):
            session.execute(update(Join).filter_by(**key).values(joined_at=joined_at))


def see(chat: Chat) -> None:
    """Record that Telegram reports who joins the chat, if that is new."""
    if chat.sees_joins_since is None:
        chat.sees_joins_since = now()


def see_no_more(session: Session, external_id: int) -> None:
    """Record that hamlet is no longer an administrator of that group; an unknown group is not created."""
    group = update(Chat).where(Chat.platform == Platform.TELEGRAM, Chat.external_id == external_id)
    session.execute(group.values(sees_joins_since=None))


def count(session: Session, user_id: int) -> int:
    """In how many chats this person was seen joining."""
    return session.scalars(select(func.count()).select_from(Join).where(Join.user_id == user_id)).one()


def forget(session: Session, user_id: int) -> None:
    """Delete this person's joins."""
    session.execute(delete(Join).where(Join.user_id == user_id))


def expire(session: Session, days: float) -> int:
    """Delete joins older than `days`. Returns how many."""
    gone = delete(Join).where(Join.joined_at < now() - timedelta(days=days))
    return len(session.execute(gone.returning(Join.user_id)).all())


def move(session: Session, old: Chat, new: Chat) -> None:
    """Move the joins of a group to its row under another number."""
    there = select(Join.user_id).where(Join.chat_id == new.id).scalar_subquery()
    moving = update(Join).where(Join.chat_id == old.id, Join.user_id.not_in(there)).values(chat_id=new.id)
    session.execute(moving.execution_options(synchronize_session=False))
    session.execute(delete(Join).where(Join.chat_id == old.id))
    new.sees_joins_since = new.sees_joins_since or old.sees_joins_since
    new.has_comments = new.has_comments or old.has_comments
