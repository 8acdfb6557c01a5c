"""Texts copied from another member's clean message: a spammer who copies them must not teach that they are spam."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from storage.models import Chat, Correction, CorrectionState, Message, Platform, Verdict
from storage.moderation.standing import CLEAN

LOOK_BACK = 50_000  # rows of messages, of all chats


def is_of_another(session: Session, verdict_id: int) -> bool:
    """Whether another author in the same chat wrote the text of this ham verdict before, in a clean message."""
    verdict = session.get_one(Verdict, verdict_id)
    copy = session.get_one(Message, verdict.message_id)
    is_group = session.get_one(Chat, copy.chat_id).platform == Platform.TELEGRAM
    if verdict.is_spam or verdict.edit != copy.edit or copy.author_id is None or not is_group:
        return False
    is_earlier = Message.id.between(copy.id - LOOK_BACK, copy.id - 1)
    same = select(Message.id).where(is_earlier, Message.chat_id == copy.chat_id, Message.text == copy.text)
    originals = same.where(Message.author_id != copy.author_id, Message.state.in_(CLEAN), ~_is_decided_spam())
    return session.scalars(originals.limit(1)).first() is not None


def _is_decided_spam() -> ColumnElement[bool]:
    corrections = (
        select(Correction.id).join(Verdict, Verdict.id == Correction.verdict_id).where(Verdict.message_id == Message.id)
    )
    return (
        corrections.where(Correction.state == CorrectionState.ACCEPTED, Correction.is_spam).correlate(Message).exists()
    )
