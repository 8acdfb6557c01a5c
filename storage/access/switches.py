"""The kill switch: for one chat, by its moderators or after too many errors, and for all, by the operator."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, object_session

from storage.access import audit
from storage.models import Chat, Mode, Switch, now
from storage.outbound import events
from storage.outbound.events import Event
from storage.upsert import insert_once

STOPPED = "stopped"


def is_stopped(session: Session) -> bool:
    """Whether the operator has stopped all automatic actions."""
    return session.get(Switch, STOPPED) is not None


def may_act(session: Session, chat: Chat) -> bool:
    """Whether hamlet acts by itself in this chat: it does not only observe, and no kill switch is on."""
    return chat.mode != Mode.OBSERVE and chat.paused_at is None and not is_stopped(session)


def stop(session: Session, by: str) -> None:
    """Stop automatic actions in all chats."""
    if insert_once(session, Switch, {"name": STOPPED, "set_by": by, "set_at": now()}):
        audit.note(session, by, "kill switch", "all chats stopped")
        events.note(session, Event.PAUSE, chat=None)


def go_on(session: Session, by: str = "the console") -> None:
    """Allow automatic actions again, as each chat's mode has it."""
    if is_stopped(session):
        audit.note(session, by, "kill switch", "all chats go on")
        events.note(session, Event.RESUME, chat=None)
    session.execute(delete(Switch).where(Switch.name == STOPPED))


def pause(chat: Chat, because: str) -> None:
    """Stop automatic actions in this chat."""
    if chat.paused_at is None:
        chat.paused_at, chat.paused_because = now(), because
        _note(chat, because, Event.PAUSE)


def resume(chat: Chat, by: str = "a moderator") -> None:
    """Allow automatic actions in this chat again."""
    if chat.paused_at is not None:
        _note(chat, by, Event.RESUME)
    chat.paused_at = chat.paused_because = None


def _note(chat: Chat, by: str, event: Event) -> None:
    session = object_session(chat)
    if session is not None:
        audit.note(session, by, "kill switch", f"{event}d", chat.id)
        events.note_in(session, chat, event)


def stopped_by(session: Session) -> str | None:
    """Who stopped all chats; None if nobody did."""
    return session.scalars(select(Switch.set_by).where(Switch.name == STOPPED)).one_or_none()
