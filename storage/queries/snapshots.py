"""What each version was trained on, and what must be forgotten."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from storage.errors import UnknownMessage
from storage.models import (
    Chat,
    Correction,
    CorrectionState,
    EarlierText,
    Message,
    MessageState,
    ModelVersion,
    Platform,
    Snapshot,
    SnapshotItem,
    SnapshotPresumed,
    Verdict,
    now,
)
from storage.queries.chats import IMPORTED
from storage.queries.sanctions import needs_author
from storage.types import ERASED


@dataclass(frozen=True)
class Item:
    """One correction in a snapshot."""

    correction_id: int
    is_held_out: bool
    text_hash: str
    is_spam: bool
    weight: float


@dataclass(frozen=True)
class PresumedItem:
    """One message that nobody decided, in a snapshot."""

    message_id: int  # the row
    edit: int
    is_held_out: bool
    text_hash: str
    weight: float


def text_hash(text: str) -> str:
    """sha256 of a text, which tells whether it is the same without keeping it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def store(
    session: Session,
    digest: str,
    seed_digest: str,
    counts: dict[str, Any],
    items: Sequence[Item],
    presumed: Sequence[PresumedItem] = (),
) -> int:
    """Keep what a run saw. Returns the snapshot's id."""
    row = Snapshot(hash=digest, seed_hash=seed_digest, counts=counts)
    session.add(row)
    session.flush()
    session.add_all(SnapshotItem(snapshot_id=row.id, **vars(item)) for item in items)
    session.add_all(SnapshotPresumed(snapshot_id=row.id, **vars(item)) for item in presumed)
    return row.id


def items(session: Session, snapshot_id: int) -> list[Item]:
    """The corrections of a snapshot, in their order."""
    rows = select(SnapshotItem).where(SnapshotItem.snapshot_id == snapshot_id).order_by(SnapshotItem.correction_id)
    return [
        Item(row.correction_id, row.is_held_out, row.text_hash, row.is_spam, row.weight)
        for row in session.scalars(rows)
    ]


def presumed_items(session: Session, snapshot_id: int) -> list[tuple[PresumedItem, str, int]]:
    """The messages of a snapshot that nobody decided, by their rows, each with its words at that edit and its chat."""
    earlier = (EarlierText.message_id == SnapshotPresumed.message_id) & (EarlierText.edit == SnapshotPresumed.edit)
    rows = select(SnapshotPresumed, func.coalesce(EarlierText.text, Message.text), Message.chat_id)
    rows = rows.join(Message, Message.id == SnapshotPresumed.message_id).outerjoin(EarlierText, earlier)
    rows = rows.where(SnapshotPresumed.snapshot_id == snapshot_id).order_by(SnapshotPresumed.message_id)
    return [
        (PresumedItem(row.message_id, row.edit, row.is_held_out, row.text_hash, row.weight), text, chat_id)
        for row, text, chat_id in session.execute(rows)
    ]


def presumed_found(session: Session, version_id: int | None) -> int:
    """How many texts a version's run could learn from as presumed ham."""
    of_it = select(Snapshot.counts).join(ModelVersion, ModelVersion.snapshot_id == Snapshot.id)
    counts = session.scalars(of_it.where(ModelVersion.id == version_id)).one_or_none()
    return int((counts or {}).get("presumed", {}).get("found", 0))


def texts_learned(session: Session, version: ModelVersion | None) -> set[str]:
    """The hashes of the texts of chats that a version has learned."""
    if version is None or version.snapshot_id is None:
        return set()
    return {
        text_hash
        for of in (SnapshotItem, SnapshotPresumed)
        for text_hash in session.scalars(
            select(of.text_hash).where(of.snapshot_id == version.snapshot_id, ~of.is_held_out)
        )
    }


def erase(session: Session, message_id: int) -> int:
    """Forget a message's texts and who wrote it for good; its counts stay.

    The author's number stays as long as a sanction needs it, `let_go` takes it then.

    What was said of it leaves the next snapshot, and every version that learned from it is marked. Returns how many
    versions that are. Raises UnknownMessage.
    """
    message = session.get(Message, message_id, with_for_update=True)
    if message is None:
        raise UnknownMessage(message_id)
    message.text = ERASED
    forget_author(session, message)
    session.execute(update(EarlierText).where(EarlierText.message_id == message_id).values(text=ERASED))
    about = list(session.scalars(select(Correction).join(Verdict).where(Verdict.message_id == message_id)))
    for correction in about:
        correction.state = CorrectionState.ERASED
    session.flush()
    return _mark_versions(session, message_id, [correction.id for correction in about])


def forget_author(session: Session, message: Message) -> None:
    """Forget the name of who wrote it, and the number unless a sanction needs it still."""
    message.author_name = ERASED
    session.flush()
    if session.scalars(select(Message.id).where(Message.id == message.id, needs_author())).first() is None:
        message.author_id = None


def let_go(session: Session) -> int:
    """Forget the numbers of people whose texts or names are erased, where no sanction needs them any more. Returns how many messages'."""
    said = select(Correction.id).join(Verdict).where(Verdict.message_id == Message.id)
    nameless = (Message.author_name == ERASED) & Message.author_id.is_not(None)
    nameless &= (Message.text == ERASED) | said.correlate(Message).exists()
    of_groups = select(Chat.id).where(Chat.platform == Platform.TELEGRAM)
    gone = update(Message).where(nameless, Message.chat_id.in_(of_groups), ~needs_author()).values(author_id=None)
    return len(session.execute(gone.returning(Message.id).execution_options(synchronize_session=False)).all())


def expire(session: Session, days: float, limit: int = 1_000) -> int:
    """Forget texts and names that are older than that, at most `limit` at once. Returns how many messages.

    A text that moderators decided stays for training, without who wrote it.
    """
    decided = select(Verdict.message_id).join(Correction, Correction.verdict_id == Verdict.id)
    decided = decided.where(Correction.state == CorrectionState.ACCEPTED)
    old = select(Message).where(Message.received_at < now() - timedelta(days=days)).order_by(Message.id).limit(limit)
    kept = list(session.scalars(old.where(Message.id.in_(decided), Message.author_name != ERASED)))
    for message in kept:
        forget_author(session, message)
    gone = list(session.scalars(old.where(Message.id.not_in(decided), Message.text != ERASED)))
    for message in gone:
        erase(session, message.id)
    return len(kept) + len(gone)


def mark_erased(session: Session, version: ModelVersion) -> None:
    """Count what a new version learned from and was erased while its run went on.

    They are locked until the transaction ends, messages before corrections as `erase` locks them: who erases one of
    them then finds the version to mark.
    """
    presumed = select(Message.text).join(SnapshotPresumed, SnapshotPresumed.message_id == Message.id)
    presumed = presumed.where(SnapshotPresumed.snapshot_id == version.snapshot_id, ~SnapshotPresumed.is_held_out)
    texts = session.scalars(presumed.order_by(Message.id).with_for_update(read=True, of=Message)).all()
    learned = select(Correction.state).join(SnapshotItem, SnapshotItem.correction_id == Correction.id)
    learned = learned.where(SnapshotItem.snapshot_id == version.snapshot_id, ~SnapshotItem.is_held_out)
    states = session.scalars(learned.with_for_update(read=True, of=Correction))
    version.erased_texts = sum(state == CorrectionState.ERASED for state in states) + texts.count(ERASED)


def _mark_versions(session: Session, message_id: int, correction_ids: list[int]) -> int:
    corrected = select(SnapshotItem.snapshot_id).where(SnapshotItem.correction_id.in_(correction_ids))
    presumed = select(SnapshotPresumed.snapshot_id).where(SnapshotPresumed.message_id == message_id)
    with_them = Counter(session.scalars(corrected.where(~SnapshotItem.is_held_out)))
    with_them.update(session.scalars(presumed.where(~SnapshotPresumed.is_held_out)))
    marked = 0
    for snapshot_id, erased in with_them.items():
        for version in session.scalars(select(ModelVersion).where(ModelVersion.snapshot_id == snapshot_id)):
            version.erased_texts = ModelVersion.erased_texts + erased  # in SQL: two may be erased at once
            marked += 1
    return marked


def since(session: Session, moment: datetime) -> int:
    """How many messages were received after that moment, whatever was imported aside: whether there is traffic to shadow."""
    received = select(func.count()).select_from(Message).join(Message.chat)
    received = received.where(Message.received_at > moment, Message.state != MessageState.HISTORY)
    return session.scalars(received.where(~IMPORTED)).one()
