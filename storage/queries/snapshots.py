"""What each version was trained on, and what must be forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from storage.errors import UnknownMessage
from storage.models import (
    Correction,
    CorrectionState,
    EarlierText,
    Message,
    MessageState,
    ModelVersion,
    Snapshot,
    SnapshotItem,
    Verdict,
    now,
)
from storage.queries.chats import IMPORTED
from storage.types import ERASED


@dataclass(frozen=True)
class Item:
    """One correction in a snapshot."""

    correction_id: int
    is_held_out: bool
    text_hash: str
    is_spam: bool
    weight: float


def store(session: Session, digest: str, seed_digest: str, counts: dict[str, Any], items: Sequence[Item]) -> int:
    """Keep what a run saw. Returns the snapshot's id."""
    row = Snapshot(hash=digest, seed_hash=seed_digest, counts=counts)
    session.add(row)
    session.flush()
    session.add_all(SnapshotItem(snapshot_id=row.id, **vars(item)) for item in items)
    return row.id


def items(session: Session, snapshot_id: int) -> list[Item]:
    """The corrections of a snapshot, in their order."""
    rows = select(SnapshotItem).where(SnapshotItem.snapshot_id == snapshot_id).order_by(SnapshotItem.correction_id)
    return [
        Item(row.correction_id, row.is_held_out, row.text_hash, row.is_spam, row.weight)
        for row in session.scalars(rows)
    ]


def texts_learned(session: Session, version: ModelVersion | None) -> set[str]:
    """The hashes of the corrected texts that a version has learned."""
    if version is None or version.snapshot_id is None:
        return set()
    hashes = select(SnapshotItem.text_hash).where(SnapshotItem.snapshot_id == version.snapshot_id)
    return set(session.scalars(hashes.where(~SnapshotItem.is_held_out)))


def erase(session: Session, message_id: int) -> int:
    """Forget a message's texts and its author's name for good; its counts stay.

    What was said of it leaves the next snapshot, and every version that learned from it is marked. Returns how many
    versions that are. Raises UnknownMessage.
    """
    message = session.get(Message, message_id, with_for_update=True)
    if message is None:
        raise UnknownMessage(message_id)
    message.text, message.author_name, message.author_id = ERASED, ERASED, None
    session.execute(update(EarlierText).where(EarlierText.message_id == message_id).values(text=ERASED))
    about = list(session.scalars(select(Correction).join(Verdict).where(Verdict.message_id == message_id)))
    for correction in about:
        correction.state = CorrectionState.ERASED
    session.flush()
    return _mark_versions(session, [correction.id for correction in about])


def expire(session: Session, days: float, limit: int = 1_000) -> int:
    """Forget texts and names that are older than that, at most `limit` at once. Returns how many messages.

    A text that moderators decided stays for training, without who wrote it.
    """
    decided = select(Verdict.message_id).join(Correction, Correction.verdict_id == Verdict.id)
    decided = decided.where(Correction.state == CorrectionState.ACCEPTED)
    old = select(Message).where(Message.received_at < now() - timedelta(days=days)).order_by(Message.id).limit(limit)
    kept = list(session.scalars(old.where(Message.id.in_(decided), Message.author_name != ERASED)))
    for message in kept:
        message.author_name, message.author_id = ERASED, None
    gone = list(session.scalars(old.where(Message.id.not_in(decided), Message.text != ERASED)))
    for message in gone:
        erase(session, message.id)
    return len(kept) + len(gone)


def mark_erased(session: Session, version: ModelVersion) -> None:
    """Count what a new version learned from and was erased while its run went on.

    The corrections are locked until the transaction ends: who erases one of them then finds the version to mark.
    """
    learned = select(Correction.state).join(SnapshotItem, SnapshotItem.correction_id == Correction.id)
    learned = learned.where(SnapshotItem.snapshot_id == version.snapshot_id, ~SnapshotItem.is_held_out)
    states = session.scalars(learned.with_for_update(read=True, of=Correction))
    version.erased_texts = sum(state == CorrectionState.ERASED for state in states)


def _mark_versions(session: Session, correction_ids: list[int]) -> int:
    with_them = (
        select(SnapshotItem.snapshot_id, func.count())
        .where(SnapshotItem.correction_id.in_(correction_ids), ~SnapshotItem.is_held_out)
        .group_by(SnapshotItem.snapshot_id)
    )
    marked = 0
    for snapshot_id, erased in session.execute(with_them).all():
        for version in session.scalars(select(ModelVersion).where(ModelVersion.snapshot_id == snapshot_id)):
            version.erased_texts = ModelVersion.erased_texts + erased  # in SQL: two may be erased at once
            marked += 1
    return marked


def since(session: Session, moment: datetime) -> int:
    """How many messages were received after that moment, whatever was imported aside: whether there is traffic to shadow."""
    received = select(func.count()).select_from(Message).join(Message.chat)
    received = received.where(Message.received_at > moment, Message.state != MessageState.HISTORY)
    return session.scalars(received.where(~IMPORTED)).one()
