"""The kill switch: for one chat by its moderators, for all by the operator, and by itself when it was wrong too often."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, object_session

from storage.models import Chat, Switch, now
from storage.queries import audit
from storage.queries.upsert import insert_once

STOPPED = "stopped"


def is_stopped(session: Session) -> bool:
    """Whether the operator stopped all acting without a moderator."""
    return session.get(Switch, STOPPED) is not None


def stop(session: Session, by: str) -> None:
    """No chat is acted in any more but by its moderators."""
    if insert_once(session, Switch, {"name": STOPPED, "set_by": by, "set_at": now()}):
        audit.note(session, by, "kill switch", "all chats stopped")


def go_on(session: Session, by: str = "the console") -> None:
    """The chats' own modes hold again."""
    if is_stopped(session):
        audit.note(session, by, "kill switch", "all chats go on")
    session.execute(delete(Switch).where(Switch.name == STOPPED))


def pause(chat: Chat, because: str) -> None:
    """In this chat only moderators act from now on."""
    if chat.paused_at is None:
        chat.paused_at, chat.paused_because = now(), because
        _note(chat, because, "paused")


def resume(chat: Chat, by: str = "a moderator") -> None:
    if chat.paused_at is not None:
        _note(chat, by, "resumed")
    chat.paused_at = chat.paused_because = None


def _note(chat: Chat, by: str, detail: str) -> None:
    session = object_session(chat)
    if session is not None:
        audit.note(session, by, "kill switch", detail, chat.id)


def stopped_by(session: Session) -> str | None:
    """Who stopped all chats, if they are."""
    return session.scalars(select(Switch.set_by).where(Switch.name == STOPPED)).one_or_none()
