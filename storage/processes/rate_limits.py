"""Telegram's rate limits per chat, stored where every process sees them.

Telegram limits how much a bot posts in one chat (https://core.telegram.org/bots/faq#broadcasting-to-users) and does not
say whether a 429 concerns that chat or the whole bot. It is stored for the chat alone: if the whole bot is meant, each
other chat costs one refused call, and if it is not, no chat waits because of another.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storage.models import Wait, now
from storage.upsert import insert_once


def note(session: Session, chat_external_id: int, seconds: float) -> None:
    """Record that Telegram answered 429 to a call to this chat, to be retried after `seconds`."""
    moment = now()
    session.execute(delete(Wait).where(Wait.until <= moment))
    _extend(session, chat_external_id, moment + timedelta(seconds=seconds))


def _extend(session: Session, chat_external_id: int, until: datetime) -> None:
    if not insert_once(session, Wait, {"chat_external_id": chat_external_id, "until": until}):
        longer = update(Wait).where(Wait.chat_external_id == chat_external_id, Wait.until < until)
        session.execute(longer.values(until=until))


def chats(session: Session) -> set[int]:
    """The chats that may not be called now."""
    return set(session.scalars(select(Wait.chat_external_id).where(Wait.until > now())))


def seconds(session: Session, chat_external_id: int) -> float:
    """How many seconds a call to this chat still has to wait."""
    until = session.scalars(select(Wait.until).filter_by(chat_external_id=chat_external_id)).one_or_none()
    return max((until - now()).total_seconds(), 0.0) if until is not None else 0.0
