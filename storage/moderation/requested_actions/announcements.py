"""Announcements to the moderators of every chat."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Action, ActionKind, Chat, Platform


def announce(session: Session, text: str, moderators_chat_id: int | None) -> int:
    """Ask for the sentence to be posted once in each chat where moderators read. Returns in how many.

    `moderators_chat_id` is the common one, for groups without a moderators' chat of their own; without it, their
    moderators read in the group.
    """
    chat_ids: dict[int, int] = {}  # by where its moderators read
    for chat in session.scalars(select(Chat).where(Chat.platform == Platform.TELEGRAM).order_by(Chat.id)):
        chat_ids.setdefault(chat.moderators_chat_id or moderators_chat_id or chat.external_id, chat.id)
    session.add_all(Action(chat_id=chat_id, kind=ActionKind.ANNOUNCE, text=text) for chat_id in chat_ids.values())
    session.flush()
    return len(chat_ids)
