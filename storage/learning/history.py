"""The history of a chat from before hamlet: stored once, neither judged nor acted on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from storage.exported import ExportedMessage, Joined
from storage.learning.presumable import OLD_ENOUGH
from storage.models import Chat, Join, Message, MessageState, now
from storage.upsert import insert_all_once

NEW_FOR = timedelta(days=30)  # somebody counts as new after joining


def store(session: Session, chat_id: int, messages: Sequence[ExportedMessage]) -> int:
    """Store these messages; those whose numbers are stored already stay as they are. Returns how many were new.

    The time of the export is unknown; it was not before the newest message.
    """
    common = {"chat_id": chat_id, "state": MessageState.HISTORY}
    new = insert_all_once(session, Message, [{**common, **vars(message)} for message in messages], Message.message_id)
    if messages:
        settled_until = min(max(message.sent_at for message in messages), now()) - OLD_ENOUGH
        lock = {"key_share": True}  # which lets new messages be stored meanwhile
        chat = session.get_one(Chat, chat_id, with_for_update=lock)
        chat.history_settled_until = max(settled_until, chat.history_settled_until or settled_until)
    return len(new)


def note_joins(session: Session, chat_id: int, joins: Sequence[Joined]) -> None:
    """Store who joined within NEW_FOR; earlier members count as there before hamlet, as without an export."""
    joined_at = {join.user_id: join.at for join in joins if join.at > now() - NEW_FOR}
    rows = [{"chat_id": chat_id, "user_id": user_id, "joined_at": at} for user_id, at in joined_at.items()]
    insert_all_once(session, Join, rows, Join.user_id)
