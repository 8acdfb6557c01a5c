"""Good standing: a history of clean messages, computed from the messages, so that undoing a decision restores it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from storage import earning
from storage.access import trust
from storage.models import Chat, Correction, CorrectionState, Message, MessageState, Verdict
from storage.moderation.verdicts import is_overtaken, is_settled

CLEAN = (MessageState.HAM, MessageState.HISTORY)  # unless somebody decides otherwise
NEWEST = 100  # clean messages of an author that are read
BEGINNING = 200  # characters; two texts with the same beginning count once

ACCEPTED = (Correction.verdict_id == Verdict.id) & (Correction.state == CorrectionState.ACCEPTED)
_IS_DECIDED_SPAM = select(Correction.id).where(ACCEPTED, Correction.is_spam).correlate(Verdict).exists()
_IS_OPEN = ~is_settled() & ~is_overtaken()
IS_CLEAR_FLAG = Verdict.is_spam & (Verdict.score >= Verdict.act_threshold) & _IS_OPEN  # a verdict
IN_DOUBT = _IS_DECIDED_SPAM | IS_CLEAR_FLAG


def is_good(session: Session, chat: Chat, author_id: int | None) -> bool:
    """Whether this author wrote `chat.standing_after` clean messages in the chat, and nothing that is in doubt.

    A moderator's decision counts before the verdict; short texts and repeats earn nothing. One message that counts as
    spam forfeits it all, and so does a clear flag until somebody decides on it. Whoever a moderator trusts is in good
    standing whatever they wrote; anonymous authors have none.
    """
    if author_id is not None and trust.is_given(session, chat.id, author_id):
        return True
    if author_id is None or _is_doubted(session, chat, author_id):
        return False
    needed = earning.needed(chat.standing_after)
    return earning.count(_clean(session, chat, author_id), needed) == needed


def _clean(session: Session, chat: Chat, author_id: int) -> Sequence[str]:
    """The beginnings of the author's newest clean messages."""
    messages = select(func.substr(Message.text, 1, BEGINNING))
    messages = messages.where(Message.chat_id == chat.id, Message.author_id == author_id)
    messages = messages.where(Message.state.in_(CLEAN) | Message.id.in_(_decided_ham()), ~Message.is_join)
    return session.scalars(messages.order_by(Message.id.desc()).limit(NEWEST)).all()


def _is_doubted(session: Session, chat: Chat, author_id: int) -> bool:
    messages = select(Message.id).join(Verdict, Verdict.message_id == Message.id).where(~Verdict.is_shadow)
    messages = messages.where(Message.chat_id == chat.id, Message.author_id == author_id, IN_DOUBT)
    return session.scalars(messages.limit(1)).first() is not None


def _decided_ham() -> Select[int]:
    """Messages whose current text moderators decided to be ham."""
    is_current = (Verdict.message_id == Message.id) & (Verdict.edit == Message.edit)
    decided = select(Verdict.message_id).join(Correction, Correction.verdict_id == Verdict.id).where(is_current)
    decided = decided.where(Correction.state == CorrectionState.ACCEPTED, ~Correction.is_spam)
    return decided.correlate(Message)
