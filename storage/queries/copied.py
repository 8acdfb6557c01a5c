"""Words that somebody else said before, and nobody minded: who repeats them to look like a member teaches nothing."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from storage.models import Chat, Correction, CorrectionState, Message, Platform, Verdict
from storage.queries.standing import CLEAN

LOOK_BACK = 50_000  # rows of messages, of all chats


def is_of_another(session: Session, verdict_id: int) -> bool:
    """Whether the words of this ham verdict are another's, who said them in the same chat before and whose message is clean."""
    verdict = session.get_one(Verdict, verdict_id)
    copy = session.get_one(Message, verdict.message_id)
    is_group = session.get_one(Chat, copy.chat_id).platform == Platform.TELEGRAM
    if verdict.is_spam or verdict.edit != copy.edit or copy.author_id is None or not is_group:
        return False
    before = Message.id.between(copy.id - LOOK_BACK, copy.id - 1)
    same = select(Message.id).where(before, Message.chat_id == copy.chat_id, Message.text == copy.text)
    first = same.where(Message.author_id != copy.author_id, Message.state.in_(CLEAN), ~_is_decided_spam())
    return session.scalars(first.limit(1)).first() is not None


def _is_decided_spam() -> ColumnElement[bool]:
    said = (
        select(Correction.id).join(Verdict, Verdict.id == Correction.verdict_id).where(Verdict.message_id == Message.id)
    )
    return said.where(Correction.state == CorrectionState.ACCEPTED, Correction.is_spam).correlate(Message).exists()
