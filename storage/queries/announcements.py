"""Sentences to the moderators that belong to no verdict."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Action, ActionKind, Chat, Platform


def announce(session: Session, text: str, moderators_chat_id: int | None) -> int:
    """Ask for the sentence to be posted, once in each place where moderators read. Returns how many that are.

    `moderators_chat_id` is where the notices of chats without a moderators' chat of their own go, if not to the group.
    """
    asked: dict[int, int] = {}
    for chat in session.scalars(select(Chat).where(Chat.platform == Platform.TELEGRAM).order_by(Chat.id)):
        asked.setdefault(chat.moderators_chat_id or moderators_chat_id or chat.external_id, chat.id)
    session.add_all(Action(chat_id=chat_id, kind=ActionKind.ANNOUNCE, text=text) for chat_id in asked.values())
    session.flush()
    return len(asked)
