"""Which texts were spam within the last hour, so that what repeats them is judged before other messages.

A message is compared once, when it is received. Each text is kept as its fingerprint, without names before it and words
of pictures below it; imported samples are no news.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from storage import fingerprints, names, picture_words
from storage.arrays import among
from storage.models import Correction, CorrectionState, EarlierText, Message, RecentSpam, Verdict, now
from storage.moderation import pictures

RECENT = timedelta(hours=1)

# made once, as each message is compared
SAME = select(RecentSpam.id).where(RecentSpam.fingerprint == bindparam("fingerprint"))
SAME = SAME.where(RecentSpam.seen_at > bindparam("after")).limit(1)


def repeats(session: Session, text: str) -> bool:
    """Whether the text says what was spam within the last hour, in any chat."""
    return session.scalar(SAME, looked_for(text)) is not None


def looked_for(text: str) -> dict[str, Any]:
    """The parameters with which SAME looks for what the text repeats; of a text without a fingerprint it finds nothing."""
    return {"fingerprint": fingerprints.of(text), "after": now() - RECENT}


def note_flags(session: Session, flagged: Iterable[Message]) -> None:
    """Remember the texts of messages that were flagged now."""
    live = [message for message in flagged if not message.is_imported]
    added = pictures.added(session, [message.id for message in live if message.image_id is not None])
    numbers = {message.id: _fingerprint(message, message.text, added.get(message.id, "")) for message in live}
    session.add_all(
        RecentSpam(message_id=row, fingerprint=number) for row, number in numbers.items() if number is not None
    )


def follow_decisions(session: Session, verdict: Verdict, corrections: Sequence[Correction]) -> None:
    """Remember the judged text if all moderators who decided say spam, and forget it, of every message, if not.

    `corrections` are those that stand for the text. Where none of a moderator's does, the verdict counts as before.
    """
    message = session.get_one(Message, verdict.message_id)
    fingerprint = None if message.is_imported else _fingerprint(message, *_judged(session, message, verdict.edit))
    if fingerprint is None:
        return
    settled = [one for one in corrections if one.state in (CorrectionState.ACCEPTED, CorrectionState.DISPUTED)]
    is_spam = all(one.is_spam for one in settled) if settled else verdict.is_spam
    outdated = delete(RecentSpam).where(RecentSpam.fingerprint == fingerprint)
    if is_spam or not settled:
        outdated = outdated.where(RecentSpam.message_id == message.id)
    session.execute(outdated)
    if is_spam:
        seen_at = max((one.created_at for one in settled), default=verdict.created_at)
        session.add(RecentSpam(message_id=message.id, fingerprint=fingerprint, seen_at=seen_at))


def _judged(session: Session, message: Message, edit: int) -> tuple[str, str]:
    """The message's text at that edit, and what was read in its picture."""
    earlier = session.get(EarlierText, (message.id, edit))
    return earlier.text if earlier else message.text, pictures.added(session, [message.id]).get(message.id, "")


def _fingerprint(message: Message, text: str, added: str) -> int | None:
    own = names.without(text, message.author_name, message.author_username)
    return fingerprints.of(picture_words.without(own, added))


def forget(session: Session, message_rows: Collection[int]) -> None:
    """Erase the fingerprints of the messages' texts."""
    session.execute(delete(RecentSpam).where(among(RecentSpam.message_id, message_rows)))


def tidy(session: Session) -> None:
    """Delete what is older than an hour."""
    session.execute(delete(RecentSpam).where(RecentSpam.seen_at <= now() - RECENT))
