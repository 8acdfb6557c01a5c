"""Telegram's "retry after", kept where every process sees it: for one chat, or for all when several chats are told to wait."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from storage.models import Wait, now
from storage.queries.upsert import insert_once

EVERYWHERE = 0  # no chat has this number


def note(session: Session, chat_external_id: int, seconds: float) -> None:
    """Telegram said 429 to a call to this chat. Where another chat is told to wait as well, it means the whole bot."""
    moment = now()
    session.execute(delete(Wait).where(Wait.until <= moment))
    others = select(Wait.chat_external_id).where(Wait.chat_external_id != chat_external_id).limit(1)
    is_everywhere = session.scalars(others).first() is not None
    for where in (chat_external_id, EVERYWHERE) if is_everywhere else (chat_external_id,):
        _extend(session, where, moment + timedelta(seconds=seconds))


def _extend(session: Session, where: int, until: datetime) -> None:
    if not insert_once(session, Wait, {"chat_external_id": where, "until": until}):
        longer = update(Wait).where(Wait.chat_external_id == where, Wait.until < until)
        session.execute(longer.values(until=until))


def chats(session: Session) -> set[int]:
    """The chats that may not be called now; EVERYWHERE among them means none may."""
    return set(session.scalars(select(Wait.chat_external_id).where(Wait.until > now())))


def seconds(session: Session, chat_external_id: int) -> float:
    """How long a call to this chat has to wait still."""
    about = Wait.chat_external_id.in_((chat_external_id, EVERYWHERE))
    until = session.scalars(select(func.max(Wait.until)).where(about)).one()
    return max((until - now()).total_seconds(), 0.0) if until is not None else 0.0
