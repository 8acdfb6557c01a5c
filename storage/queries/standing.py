"""Members in good standing: a history of clean messages, read from the messages themselves, so that no undo forgets it."""

from __future__ import annotations

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from storage.models import Chat, Correction, CorrectionState, Message, MessageState, Verdict

CLEAN = (MessageState.HAM, MessageState.HISTORY)  # as long as nobody decides otherwise


def is_good(session: Session, chat: Chat, author_id: int | None) -> bool:
    """Whether this author wrote `chat.standing_after` clean messages in the chat, and nothing that stands as spam there.

    A message counts as a moderator decided it, else as it was judged. Anonymous authors have no standing.
    """
    if author_id is None:
        return False
    return not _has_spam(session, chat, author_id) and _clean(session, chat, author_id) >= chat.standing_after


def _clean(session: Session, chat: Chat, author_id: int) -> int:
    """Clean messages, counted no further than they are needed."""
    theirs = select(Message.id).where(Message.chat_id == chat.id, Message.author_id == author_id)
    theirs = theirs.where(Message.state.in_(CLEAN) | Message.id.in_(_decided(is_spam=False)))
    return session.scalars(select(func.count()).select_from(theirs.limit(chat.standing_after).subquery())).one()


def _has_spam(session: Session, chat: Chat, author_id: int) -> bool:
    theirs = select(Message.id).where(Message.chat_id == chat.id, Message.author_id == author_id)
    return session.scalars(theirs.where(Message.id.in_(_decided(is_spam=True))).limit(1)).first() is not None


def _decided(is_spam: bool) -> Select[int]:
    """Messages whose words, as they stand now, moderators decided."""
    of_now = (Verdict.message_id == Message.id) & (Verdict.edit == Message.edit)
    said = select(Verdict.message_id).join(Correction, Correction.verdict_id == Verdict.id).where(of_now)
    said = said.where(Correction.state == CorrectionState.ACCEPTED, Correction.is_spam.is_(is_spam))
    return said.correlate(Message)
