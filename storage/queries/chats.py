"""The chats that are moderated, and what each has chosen."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.errors import UnknownChat
from storage.models import Chat, Platform, Strictness
from storage.queries.upsert import insert_once

IMPORTED = (Chat.platform == Platform.WEB) & (Chat.external_id < 0)  # texts labelled elsewhere: to learn, not to count
CHOICES = ("mode", "strictness", "language", "standing_after", "reports_needed", "reports_an_hour")


def every(session: Session) -> list[Chat]:
    """All chats, the first seen first."""
    return list(session.scalars(select(Chat).order_by(Chat.id)))


def on_telegram(session: Session, external_id: int, title: str = "") -> Chat:
    """The row of a Telegram group; made if it is new, in `training` then."""
    key = {"platform": Platform.TELEGRAM, "external_id": external_id}
    insert_once(session, Chat, {**key, "title": title or str(external_id)})
    return session.scalars(select(Chat).filter_by(**key)).one()


def on_web(session: Session, external_id: int, title: str) -> Chat:
    """The row of a web chat: 0 is the chat page, a client's number its own, the same below zero its imported samples."""
    key = {"platform": Platform.WEB, "external_id": external_id}
    insert_once(session, Chat, {**key, "title": title})
    return session.scalars(select(Chat).filter_by(**key)).one()


def known(session: Session, chat_id: int) -> Chat:
    """The chat of that number. Raises UnknownChat."""
    chat = session.get(Chat, chat_id)
    if chat is None:
        raise UnknownChat(chat_id)
    return chat


def choose(session: Session, chat_id: int, what: str, value: Any) -> Chat:
    """From now on the chat does this one thing so. Raises UnknownChat."""
    chat = known(session, chat_id)
    if what not in CHOICES:
        raise ValueError(f"a chat cannot choose {what!r}")
    setattr(chat, what, value)
    session.flush()
    return chat


def choose_strictness(session: Session, chat_id: int, strictness: Strictness) -> Chat:
    """From the next verdict on, the chat's thresholds are those of `strictness`. Raises UnknownChat."""
    return choose(session, chat_id, "strictness", strictness)


def moves(session: Session, old_id: int, new_id: int) -> None:
    """A group became a supergroup: the same chat under another number. Said twice, it is one move."""
    old = session.scalars(select(Chat).filter_by(platform=Platform.TELEGRAM, external_id=old_id)).one_or_none()
    new = session.scalars(select(Chat).filter_by(platform=Platform.TELEGRAM, external_id=new_id)).one_or_none()
    for group in session.scalars(select(Chat).filter_by(moderators_chat_id=old_id)):
        group.moderators_chat_id = new_id
    if old is None:
        return
    if new is None:
        old.external_id = new_id
        return
    for name in (*CHOICES, "moderators_chat_id", "paused_at", "paused_because"):
        setattr(new, name, getattr(old, name))
