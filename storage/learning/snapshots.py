"""What each model version was trained on: the seed set's hash, corrections and presumed ham, by their ids."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.access.chats import IMPORTED
from storage.models import (
    EarlierText,
    Message,
    MessageState,
    ModelVersion,
    Snapshot,
    SnapshotItem,
    SnapshotPresumed,
)


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
    """One message in a snapshot that nobody decided on."""

    message_id: int  # the row
    edit: int
    is_held_out: bool
    text_hash: str
    weight: float


def text_hash(text: str) -> str:
    """sha256 of a text, which identifies it without keeping it."""
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
    """The corrections of a snapshot, by id."""
    rows = select(SnapshotItem).where(SnapshotItem.snapshot_id == snapshot_id).order_by(SnapshotItem.correction_id)
    return [
        Item(row.correction_id, row.is_held_out, row.text_hash, row.is_spam, row.weight)
        for row in session.scalars(rows)
    ]


def presumed_items(session: Session, snapshot_id: int) -> list[tuple[PresumedItem, str, int]]:
    """The presumed ham of a snapshot, by message row, each with its text at that edit and its chat."""
    earlier = (EarlierText.message_id == SnapshotPresumed.message_id) & (EarlierText.edit == SnapshotPresumed.edit)
    rows = select(SnapshotPresumed, func.coalesce(EarlierText.text, Message.text), Message.chat_id)
    rows = rows.join(Message, Message.id == SnapshotPresumed.message_id).outerjoin(EarlierText, earlier)
    rows = rows.where(SnapshotPresumed.snapshot_id == snapshot_id).order_by(SnapshotPresumed.message_id)
    return [
        (PresumedItem(row.message_id, row.edit, row.is_held_out, row.text_hash, row.weight), text, chat_id)
        for row, text, chat_id in session.execute(rows)
    ]


def count_presumed(session: Session, version_id: int | None) -> int:
    """How many texts of presumed ham a version's run could have learned from."""
    of_version = select(Snapshot.counts).join(ModelVersion, ModelVersion.snapshot_id == Snapshot.id)
    counts = session.scalars(of_version.where(ModelVersion.id == version_id)).one_or_none()
    return int((counts or {}).get("presumed", {}).get("found", 0))


def texts_learned(session: Session, version: ModelVersion | None) -> set[str]:
    """The hashes of the chat texts that a version learned from."""
    if version is None or version.snapshot_id is None:
        return set()
    return {
        text_hash
        for table in (SnapshotItem, SnapshotPresumed)
        for text_hash in session.scalars(
            select(table.text_hash).where(table.snapshot_id == version.snapshot_id, ~table.is_held_out)
        )
    }


def count_received_since(session: Session, moment: datetime) -> int:
    """How many messages were received after that moment, imports aside: whether there is traffic for a shadow."""
    received = select(func.count()).select_from(Message).join(Message.chat)
    received = received.where(Message.received_at > moment, Message.state != MessageState.HISTORY)
    return session.scalars(received.where(~IMPORTED)).one()
