"""What the bot posted again in an author's name, because a moderator had let it in or called it ham, is deleted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Action, ActionKind, ActionState, Chat, Hold, Message, Verdict
from storage.moderation.requested_actions import requests


def take_back(
    session: Session, author_id: int, chat_ids: Collection[int] | None = None, since: datetime | None = None
) -> int:
    """Ask for the deletion of what was posted again in this author's name, unless that was asked for before.

    In these chats only, and only what was let in since then, where that is given. Returns how many messages.
    """
    about = (Message.chat_id == Action.chat_id) & (Message.message_id == Action.message_id)
    posted = select(Action.receipt, Chat).select_from(Action)
    posted = posted.where(Action.kind == ActionKind.RESTORE, Action.state == ActionState.DONE)
    if since is not None:
        posted = posted.where(Action.created_at > since)
    let_in = posted.join(Message, about)
    hidden = posted.join(Verdict, Verdict.id == Action.verdict_id).join(Verdict.message)  # by members' reports
    rows: list[tuple[dict[str, int] | None, Chat]] = []
    for calls in (let_in, hidden):
        theirs = calls.join(Chat, Chat.id == Message.chat_id).join(Hold, Hold.message_id == Message.id)
        theirs = theirs.where(Message.author_id == author_id)
        theirs = theirs if chat_ids is None else theirs.where(Message.chat_id.in_(chat_ids))
        rows += [(receipt, chat) for receipt, chat in session.execute(theirs)]
    numbers = [
        (chat, receipt["message_id"]) for receipt, chat in rows if receipt is not None and _stands(receipt, chat)
    ]
    still_there = [(chat, number) for chat, number in numbers if not _is_asked_for(session, chat.id, number)]
    for chat, number in still_there:
        requests.ask_in_chat(session, chat.id, ActionKind.DELETE, message_id=number)
    return len(still_there)


def _stands(receipt: dict[str, int], chat: Chat) -> bool:
    """Whether it was posted under the chat's present number."""
    return receipt.get("chat_id") == chat.external_id


def _is_asked_for(session: Session, chat_id: int, number: int) -> bool:
    deletions = select(Action.id).filter_by(chat_id=chat_id, message_id=number, kind=ActionKind.DELETE)
    deletions = deletions.where(Action.state.in_((ActionState.PENDING, ActionState.DONE)))
    return session.scalars(deletions.limit(1)).first() is not None
