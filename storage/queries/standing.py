"""Members in good standing: a history of clean messages, read from the messages themselves, so that no undo forgets it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from storage import earning
from storage.models import Chat, Correction, CorrectionState, Message, MessageState, Verdict
from storage.queries.judged import is_overtaken, is_settled

CLEAN = (MessageState.HAM, MessageState.HISTORY)  # as long as nobody decides otherwise
NEWEST = 100  # of an author's clean messages are looked at
BEGINNING = 200  # characters; two texts that begin alike for so long are one

ACCEPTED = (Correction.verdict_id == Verdict.id) & (Correction.state == CorrectionState.ACCEPTED)
_STANDS_AS_SPAM = select(Correction.id).where(ACCEPTED, Correction.is_spam).correlate(Verdict).exists()
_WAITS = ~is_settled() & ~is_overtaken()
IN_DOUBT = _STANDS_AS_SPAM | (Verdict.is_spam & (Verdict.score >= Verdict.act_threshold) & _WAITS)  # of a verdict


def is_good(session: Session, chat: Chat, author_id: int | None) -> bool:
    """Whether this author wrote `chat.standing_after` clean messages in the chat, and nothing there that is in doubt.

    A message counts as a moderator decided it, else as it was judged; short words and repeats earn nothing. What stands
    as spam takes it all, and so does a clear flag as long as nobody has decided it. Anonymous authors have no standing.
    """
    if author_id is None or _is_doubted(session, chat, author_id):
        return False
    needed = earning.needed(chat.standing_after)
    return earning.count(_clean(session, chat, author_id), needed) == needed


def _clean(session: Session, chat: Chat, author_id: int) -> Sequence[str]:
    """How the author's newest clean messages begin."""
    theirs = select(func.substr(Message.text, 1, BEGINNING))
    theirs = theirs.where(Message.chat_id == chat.id, Message.author_id == author_id)
    theirs = theirs.where(Message.state.in_(CLEAN) | Message.id.in_(_decided_ham()))
    return session.scalars(theirs.order_by(Message.id.desc()).limit(NEWEST)).all()


def _is_doubted(session: Session, chat: Chat, author_id: int) -> bool:
    theirs = select(Message.id).join(Verdict, Verdict.message_id == Message.id).where(~Verdict.is_shadow)
    theirs = theirs.where(Message.chat_id == chat.id, Message.author_id == author_id, IN_DOUBT)
    return session.scalars(theirs.limit(1)).first() is not None


def _decided_ham() -> Select[int]:
    """Messages whose words, as they stand now, moderators decided to be no spam."""
    of_now = (Verdict.message_id == Message.id) & (Verdict.edit == Message.edit)
    said = select(Verdict.message_id).join(Correction, Correction.verdict_id == Verdict.id).where(of_now)
    said = said.where(Correction.state == CorrectionState.ACCEPTED, ~Correction.is_spam)
    return said.correlate(Message)
