"""Erases texts and authors for good, and marks the model versions that learned from them."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage.errors import UnknownMessage
from storage.models import (
    Chat,
    Correction,
    CorrectionState,
    EarlierText,
    Message,
    ModelVersion,
    Platform,
    SnapshotItem,
    SnapshotPresumed,
    Verdict,
    now,
)
from storage.moderation import explanations, held_messages, joining, pictures, recent_spam, second_opinions
from storage.moderation.sanctions_in_force import needs_author
from storage.types import ERASED


def erase(session: Session, message_id: int) -> int:
    """Erase a message's texts and its author for good; counts stay. Returns how many versions learned from it.

    Its corrections leave the next snapshot, and those versions are marked. The author's number stays as long as a
    sanction needs it; `erase_unneeded_authors` erases it afterwards. Raises UnknownMessage.
    """
    message = session.get(Message, message_id, with_for_update=True)
    if message is None:
        raise UnknownMessage(message_id)
    earlier = list(session.scalars(select(EarlierText.text).where(EarlierText.message_id == message_id)))
    corrections = list(session.scalars(select(Correction).join(Verdict).where(Verdict.message_id == message_id)))
    explanations.forget(session, message_id, [message.text, *earlier] if corrections else [])
    message.text = ERASED
    message.error = message.error and ERASED
    message.picture_id = message.attachment = None
    pictures.forget(session, message_id)
    recent_spam.forget(session, message_id)
    forget_author(session, message)
    session.execute(update(EarlierText).where(EarlierText.message_id == message_id).values(text=ERASED))
    for correction in corrections:
        correction.state = CorrectionState.ERASED
    session.flush()
    return _mark_versions(session, message_id, [correction.id for correction in corrections])


def forget_author(session: Session, message: Message) -> None:
    """Erase the author's names, moderators' notes, that the message was held, and the author's number unless a sanction needs it."""
    held_messages.forget(session, message)
    message.author_name = message.author_username = ERASED
    second_opinions.erase_answers(session, message.id)
    session.flush()
    verdicts = select(Verdict.id).where(Verdict.message_id == message.id)
    session.execute(update(Correction).where(Correction.verdict_id.in_(verdicts)).values(note=None))
    if session.scalars(select(Message.id).where(Message.id == message.id, needs_author())).first() is None:
        message.author_id = None
        session.flush()
        joining.forget_numbers(session, Message.id == message.id)


def erase_unneeded_authors(session: Session) -> int:
    """Erase the numbers of authors whose texts or names are erased and whom no sanction needs any more.

    Returns how many messages had one.
    """
    corrected = select(Correction.id).join(Verdict).where(Verdict.message_id == Message.id)
    nameless = (Message.author_name == ERASED) & Message.author_id.is_not(None)
    nameless &= (Message.text == ERASED) | corrected.correlate(Message).exists()
    of_groups = select(Chat.id).where(Chat.platform == Platform.TELEGRAM)
    nobodys = update(Message).where(nameless, Message.chat_id.in_(of_groups), ~needs_author()).values(author_id=None)
    erased = session.execute(nobodys.returning(Message.id).execution_options(synchronize_session=False)).all()
    joining.forget_numbers(session)
    return len(erased)


def expire(session: Session, days: float, limit: int = 1_000) -> int:
    """Erase texts and names older than `days`, at most `limit` of each at once. Returns how many messages.

    A text that moderators decided on stays for training, without its author.
    """
    decided = select(Verdict.message_id).join(Correction, Correction.verdict_id == Verdict.id)
    decided = decided.where(Correction.state == CorrectionState.ACCEPTED)
    old = select(Message).where(Message.received_at < now() - timedelta(days=days)).order_by(Message.id).limit(limit)
    anonymised = list(session.scalars(old.where(Message.id.in_(decided), Message.author_name != ERASED)))
    for message in anonymised:
        forget_author(session, message)
    erased = list(session.scalars(old.where(Message.id.not_in(decided), Message.text != ERASED)))
    for message in erased:
        erase(session, message.id)
    return len(anonymised) + len(erased)


def mark_erased(session: Session, version: ModelVersion) -> None:
    """Count the texts that a new version learned from and that were erased during its run.

    Messages and corrections stay locked until the transaction ends, in the order in which `erase` locks them, so that
    a later `erase` sees the version it has to mark.
    """
    presumed = select(Message.text).join(SnapshotPresumed, SnapshotPresumed.message_id == Message.id)
    presumed = presumed.where(SnapshotPresumed.snapshot_id == version.snapshot_id, ~SnapshotPresumed.is_held_out)
    texts = session.scalars(presumed.order_by(Message.id).with_for_update(read=True, of=Message)).all()
    learned = select(Correction.state).join(SnapshotItem, SnapshotItem.correction_id == Correction.id)
    learned = learned.where(SnapshotItem.snapshot_id == version.snapshot_id, ~SnapshotItem.is_held_out)
    states = session.scalars(learned.with_for_update(read=True, of=Correction))
    version.erased_texts = sum(state == CorrectionState.ERASED for state in states) + texts.count(ERASED)


def _mark_versions(session: Session, message_id: int, correction_ids: list[int]) -> int:
    """Count the erased examples on each version that learned from them. Returns how many versions."""
    corrected = select(SnapshotItem.snapshot_id).where(SnapshotItem.correction_id.in_(correction_ids))
    presumed = select(SnapshotPresumed.snapshot_id).where(SnapshotPresumed.message_id == message_id)
    examples = Counter(session.scalars(corrected.where(~SnapshotItem.is_held_out)))
    examples.update(session.scalars(presumed.where(~SnapshotPresumed.is_held_out)))
    marked = 0
    for snapshot_id, erased in examples.items():
        for version in session.scalars(select(ModelVersion).where(ModelVersion.snapshot_id == snapshot_id)):
            version.erased_texts = ModelVersion.erased_texts + erased  # in SQL: two may be erased at once
            marked += 1
    return marked
