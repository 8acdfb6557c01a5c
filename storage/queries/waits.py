"""Telegram's "retry after", kept where every process sees it, for the chat that the call went to.

Telegram limits how much a bot says in one chat (https://core.telegram.org/bots/faq#broadcasting-to-users) and does not
say whether a 429 is about that or about the whole bot. So each chat learns it by a call of its own: where the whole bot
is meant, that is one refused call a chat, and where it is not, nobody waits for another's group.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storage.models import Wait, now
from storage.queries.upsert import insert_once


def note(session: Session, chat_external_id: int, seconds: float) -> None:
    """Telegram said 429 to a call to this chat."""
    moment = now()
    session.execute(delete(Wait).where(Wait.until <= moment))
    _extend(session, chat_external_id, moment + timedelta(seconds=seconds))


def _extend(session: Session, where: int, until: datetime) -> None:
    if not insert_once(session, Wait, {"chat_external_id": where, "until": until}):
        longer = update(Wait).where(Wait.chat_external_id == where, Wait.until < until)
        session.execute(longer.values(until=until))


def chats(session: Session) -> set[int]:
    """The chats that may not be called now."""
    return set(session.scalars(select(Wait.chat_external_id).where(Wait.until > now())))


def seconds(session: Session, chat_external_id: int) -> float:
    """How long a call to this chat has to wait still."""
    until = session.scalars(select(Wait.until).filter_by(chat_external_id=chat_external_id)).one_or_none()
    return max((until - now()).total_seconds(), 0.0) if until is not None else 0.0
