"""What the bot posted again in an author's name, because a moderator had let it in, is deleted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Action, ActionKind, ActionState, Chat, Hold, Message
from storage.moderation.requested_actions import requests


def take_back(
    session: Session, author_id: int, chat_ids: Collection[int] | None = None, since: datetime | None = None
) -> int:
    """Ask for the deletion of what was posted again in this author's name, unless that was asked for before.

    In these chats only, and only what was let in since then, where that is given. Returns how many messages.
    """
    about = (Message.chat_id == Action.chat_id) & (Message.message_id == Action.message_id)
    posted = select(Action.receipt, Chat).join(Message, about).join(Chat, Chat.id == Action.chat_id)
    posted = posted.join(Hold, Hold.message_id == Message.id).where(Message.author_id == author_id)
    posted = posted.where(Action.kind == ActionKind.RESTORE, Action.state == ActionState.DONE)
    if chat_ids is not None:
        posted = posted.where(Action.chat_id.in_(chat_ids))
    if since is not None:
        posted = posted.where(Action.created_at > since)
    numbers = [(chat, receipt["message_id"]) for receipt, chat in session.execute(posted) if _stands(receipt, chat)]
    still_there = [(chat, number) for chat, number in numbers if not _is_asked_for(session, chat.id, number)]
    for chat, number in still_there:
        requests.ask_in_chat(session, chat.id, ActionKind.DELETE, message_id=number)
    return len(still_there)


def _stands(receipt: dict[str, int] | None, chat: Chat) -> bool:
    """Whether it was posted under the chat's present number."""
    return (receipt or {}).get("chat_id") == chat.external_id


def _is_asked_for(session: Session, chat_id: int, number: int) -> bool:
    deletions = select(Action.id).filter_by(chat_id=chat_id, message_id=number, kind=ActionKind.DELETE)
    deletions = deletions.where(Action.state.in_((ActionState.PENDING, ActionState.DONE)))
    return session.scalars(deletions.limit(1)).first() is not None
