"""What was said in a chat before hamlet was there: stored once, judged by nobody, acted on never."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from storage.exported import Joined, Said
from storage.models import Chat, Join, Message, MessageState, now
from storage.queries.presumable import OLD_ENOUGH
from storage.queries.upsert import insert_all_once

NEW_FOR = timedelta(days=30)  # who joined a chat


def store(session: Session, chat_id: int, said: Sequence[Said]) -> int:
    """Keep these messages; those whose numbers are known stay as they are. Returns how many were new.

    When they were exported is not told: at the earliest when the newest of them was sent.
    """
    common = {"chat_id": chat_id, "state": MessageState.HISTORY}
    new = insert_all_once(session, Message, [{**common, **vars(one)} for one in said], Message.message_id)
    if said:
        settled = min(max(one.sent_at for one in said), now()) - OLD_ENOUGH
        chat = session.get_one(
            Chat, chat_id, with_for_update={"key_share": True}
        )  # who writes there meanwhile may go on
        chat.history_settled_until = max(settled, chat.history_settled_until or settled)
    return len(new)


def note_joins(session: Session, chat_id: int, joined: Sequence[Joined]) -> None:
    """Remember who came in lately: whoever came before NEW_FOR counts as there before hamlet, as without an export."""
    lately = {one.user_id: one.at for one in joined if one.at > now() - NEW_FOR}
    rows = [{"chat_id": chat_id, "user_id": user_id, "joined_at": at} for user_id, at in lately.items()]
    insert_all_once(session, Join, rows, Join.user_id)
