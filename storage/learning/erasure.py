"""Erases texts and authors for good, and marks the model versions that learned from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from storage.arrays import among
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


def erase(session: Session, message_rows: Collection[int]) -> int:
    """Erase the messages' texts and their authors for good; counts stay. Returns how many versions learned from them.

    Their corrections leave the next snapshot, and those versions are marked. An author's number stays as long as a
    sanction needs it; `erase_unneeded_authors` erases it afterwards. A message that is unknown is passed over.
    """
    rows = lock(session, message_rows)
    corrections = list(session.scalars(select(Correction.id).join(Verdict).where(among(Verdict.message_id, rows))))
    explanations.forget(session, rows, _texts(session, corrections))
    recent_spam.forget(session, rows)
    forget_pictures(session, rows)
    forget_authors(session, rows)
    session.execute(update(Message).where(among(Message.id, rows)).values(text=ERASED))
    session.execute(update(Message).where(among(Message.id, rows), Message.error.is_not(None)).values(error=ERASED))
    session.execute(update(EarlierText).where(among(EarlierText.message_id, rows)).values(text=ERASED))
    session.execute(update(Correction).where(among(Correction.id, corrections)).values(state=CorrectionState.ERASED))
    return _mark_versions(session, rows, corrections)


def lock(session: Session, message_rows: Collection[int]) -> list[int]:
    """Lock the messages in the order in which everybody does, before anything of them is erased. Returns those that exist."""
    rows = select(Message.id).where(among(Message.id, message_rows)).order_by(Message.id)
    return list(session.scalars(rows.with_for_update()))


def _texts(session: Session, corrections: Collection[int]) -> set[str]:
    """Every text, of now and earlier, of the messages that these corrections are about."""
    if not corrections:
        return set()
    about = select(Verdict.message_id).join(Correction, Correction.verdict_id == Verdict.id)
    about = about.where(among(Correction.id, corrections))
    now_there = session.scalars(select(Message.text).where(Message.id.in_(about)))
    earlier = session.scalars(select(EarlierText.text).where(EarlierText.message_id.in_(about)))
    return {*now_there, *earlier}


def forget_pictures(session: Session, message_rows: Collection[int]) -> None:
    """Erase which pictures and files the messages had, and what was read in them."""
    without = update(Message).where(among(Message.id, message_rows))
    session.execute(without.values(picture_id=None, attachment=None))
    pictures.forget(session, message_rows)


def forget_authors(session: Session, message_rows: Collection[int]) -> None:
    """Erase the authors' names, and their numbers unless a sanction needs them.

    What moderators noted is erased too, and that the messages were held.
    """
    held_messages.forget(session, message_rows)
    session.flush()
    of_messages = among(Message.id, message_rows)
    session.execute(update(Message).where(of_messages).values(author_name=ERASED, author_username=ERASED))
    second_opinions.erase_answers(session, message_rows)
    noted = select(Verdict.id).where(among(Verdict.message_id, message_rows))
    session.execute(update(Correction).where(Correction.verdict_id.in_(noted)).values(note=None))
    session.execute(update(Message).where(of_messages, ~needs_author()).values(author_id=None))
    joining.forget_numbers(session, of_messages)


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
    old = select(Message.id).where(Message.received_at < now() - timedelta(days=days))
    old = old.order_by(Message.id).limit(limit)
    anonymised = session.scalars(old.where(Message.id.in_(decided), Message.author_name != ERASED)).all()
    erased = session.scalars(old.where(Message.id.not_in(decided), Message.text != ERASED)).all()
    lock(session, [*anonymised, *erased])
    forget_authors(session, anonymised)
    erase(session, erased)
    return len(anonymised) + len(erased)


def mark_erased(session: Session, version: ModelVersion) -> None:
    """Count the texts that a new version learned from and that were erased during its run.

    Messages and corrections stay locked until the transaction ends, in the order in which `lock` does it, so that
    a later `erase` sees the version it has to mark.
    """
    presumed = select(Message.text).join(SnapshotPresumed, SnapshotPresumed.message_id == Message.id)
    presumed = presumed.where(SnapshotPresumed.snapshot_id == version.snapshot_id, ~SnapshotPresumed.is_held_out)
    texts = session.scalars(presumed.order_by(Message.id).with_for_update(read=True, of=Message)).all()
    learned = select(Correction.state).join(SnapshotItem, SnapshotItem.correction_id == Correction.id)
    learned = learned.where(SnapshotItem.snapshot_id == version.snapshot_id, ~SnapshotItem.is_held_out)
    states = session.scalars(learned.with_for_update(read=True, of=Correction))
    version.erased_texts = sum(state == CorrectionState.ERASED for state in states) + texts.count(ERASED)


def _mark_versions(session: Session, message_rows: Collection[int], correction_ids: Collection[int]) -> int:
    """Count the erased examples on each version that learned from them. Returns how many versions."""
    of_corrections = select(SnapshotItem.snapshot_id, func.count()).group_by(SnapshotItem.snapshot_id)
    of_corrections = of_corrections.where(among(SnapshotItem.correction_id, correction_ids), ~SnapshotItem.is_held_out)
    of_ham = select(SnapshotPresumed.snapshot_id, func.count()).group_by(SnapshotPresumed.snapshot_id)
    of_ham = of_ham.where(among(SnapshotPresumed.message_id, message_rows), ~SnapshotPresumed.is_held_out)
    examples: Counter[int] = Counter()
    for learned in (of_corrections, of_ham):
        for snapshot_id, count in session.execute(learned):
            examples[snapshot_id] += count
    marked = 0
    for snapshot_id, erased in sorted(examples.items()):
        for version in session.scalars(select(ModelVersion).where(ModelVersion.snapshot_id == snapshot_id)):
            version.erased_texts = ModelVersion.erased_texts + erased  # in SQL: two may be erased at once
            marked += 1
    return marked
