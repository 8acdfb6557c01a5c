"""How long authors have been in a chat and how much they wrote there, for the notices about their messages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.models import Join, Message

Author = tuple[int, int]  # the chat's row, and the author's id at Telegram


@dataclass(frozen=True)
class Presence:
    """An author in a chat."""

    messages: int  # that are stored, the one in question included
    days: int | None = None  # from joining to that message; None where nobody saw them join


def of_authors(session: Session, written: Sequence[Message]) -> dict[int, Presence]:
    """The presence of each message's author, by the message's row; anonymous authors have none."""
    known = {message.id: (message.chat_id, message.author_id) for message in written if message.author_id is not None}
    if not known:
        return {}
    chat_ids, author_ids = zip(*set(known.values()), strict=True)
    counts, joined = _counts(session, chat_ids, author_ids), _joined(session, chat_ids, author_ids)
    presences = {}
    for message in written:
        if (author := known.get(message.id)) is not None:
            joined_at = joined.get(author)
            days = max((message.sent_at - joined_at).days, 0) if joined_at is not None else None
            presences[message.id] = Presence(counts.get(author, 0 if message.is_join else 1), days)
    return presences


def _counts(session: Session, chat_ids: Collection[int], author_ids: Collection[int]) -> dict[Author, int]:
    """Read off the index of authors' messages; a few pairs of chat and author more than needed do no harm."""
    counts = select(Message.chat_id, Message.author_id, func.count())
    counts = counts.where(Message.chat_id.in_(chat_ids), Message.author_id.in_(author_ids), ~Message.is_join)
    rows = session.execute(counts.group_by(Message.chat_id, Message.author_id))
    return {(chat_id, author_id or 0): count for chat_id, author_id, count in rows}


def _joined(session: Session, chat_ids: Collection[int], author_ids: Collection[int]) -> dict[Author, datetime]:
    joins = select(Join).where(Join.chat_id.in_(chat_ids), Join.user_id.in_(author_ids))
    return {(join.chat_id, join.user_id): join.joined_at for join in session.scalars(joins)}
