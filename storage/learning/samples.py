"""Labelled texts imported from elsewhere, and exported as decided here.

A correction belongs to a verdict, so a sample becomes a message in its importer's own web chat, which waits to be
judged, and an order that is carried out then. It is only learned from, because web chats have no actions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from storage.access import chats
from storage.formats import Decided, Sample
from storage.models import Correction, CorrectionState, Message, ModelVersion, Order, OrderKind, Verdict, now
from storage.moderation import orders
from storage.moderation.orders import Command
from storage.moderation.verdicts import judged_text, newest_verdict
from storage.types import storable
from storage.upsert import insert_all_once

COMMAND_LINE = 2**62  # in place of a client's id: `hamlet import` has no token
PAGE = 500


@dataclass(frozen=True)
class Importer:
    """Who imports samples: the client's id and name, and the actor of their corrections."""

    number: int
    name: str
    actor: str


@dataclass(frozen=True)
class Taken:
    """How many samples were new, stored before with the same label, and stored before with the other label."""

    new: int = 0
    known: int = 0
    relabelled: int = 0

    def __add__(self, more: Taken) -> Taken:
        return Taken(self.new + more.new, self.known + more.known, self.relabelled + more.relabelled)


def take(session: Session, importer: Importer, samples: Sequence[Sample]) -> Taken:
    """Store the samples to be judged and learned from. A repeated text is stored once; its newest label counts."""
    by_id = {_message_id(sample.text): sample for sample in samples}
    chat = chats.on_web(session, -importer.number, f"samples of {importer.name}")
    new_ids = dict.fromkeys(_insert(session, chat.id, by_id))
    rows = select(Message).where(Message.chat_id == chat.id, Message.message_id.in_(by_id)).order_by(Message.id)
    messages = list(session.scalars(rows))
    labels = _newest_labels(session, messages)
    relabelled = 0
    for message in messages:
        kind = _kind(by_id[message.message_id])
        if labels.get(message.id) != kind:
            _order(session, message, Command(message.id, kind, importer.actor, importer.name))
            relabelled += message.message_id not in new_ids
    return Taken(len(new_ids), len(samples) - len(new_ids) - relabelled, relabelled)


def _insert(session: Session, chat_id: int, by_id: dict[int, Sample]) -> list[int]:
    """Insert the samples' messages unless they are stored already. Returns the message ids of the new ones."""
    moment = now()
    common = {"chat_id": chat_id, "author_name": "", "sent_at": moment, "is_imported": True}
    rows = [{**common, "message_id": key, "text": sample.text} for key, sample in by_id.items()]
    return insert_all_once(session, Message, rows, Message.message_id)


def _message_id(text: str) -> int:
    """A message id computed from the text, so that importing it twice makes one message."""
    return int.from_bytes(hashlib.sha256(storable(text).encode()).digest()[:8]) >> 1


def _kind(sample: Sample) -> OrderKind:
    return OrderKind.SPAM if sample.is_spam else OrderKind.HAM


def _newest_labels(session: Session, messages: Sequence[Message]) -> dict[int, OrderKind]:
    labels = select(Order.message_id, Order.kind).where(Order.message_id.in_([message.id for message in messages]))
    return {row.message_id: row.kind for row in session.execute(labels.order_by(Order.id))}


def _order(session: Session, message: Message, command: Command) -> None:
    """Store the label as a correction, or as an order that waits for the verdict."""
    if newest_verdict(session, message) is not None:
        orders.give(session, command)
    else:
        session.add(Order(message_id=message.id, kind=command.kind, actor=command.actor, actor_name=command.actor_name))


def decided(session: Session, since: datetime | None = None, after: int = 0) -> list[Decided]:
    """A page of what moderators decided, the oldest first, each text of a message once; `after` pages on."""
    later, judged = aliased(Correction), aliased(Verdict)
    newer = select(later.id).join(judged, judged.id == later.verdict_id)
    newer = newer.where(judged.message_id == Verdict.message_id, judged.edit == Verdict.edit)
    newer = newer.where(later.state == CorrectionState.ACCEPTED, later.id > Correction.id)
    rows = judged_text().join(Correction, Correction.verdict_id == Verdict.id).join(Verdict.model_version)
    rows = rows.where(Correction.state == CorrectionState.ACCEPTED, Correction.id > after)
    rows = rows.where(~newer.correlate(Verdict, Correction).exists())
    if since is not None:
        rows = rows.where(Correction.created_at >= since)
    page = rows.order_by(Correction.id).limit(PAGE).add_columns(Correction, Message, ModelVersion.name)
    return [
        Decided(
            correction_id=correction.id,
            text=text,
            is_spam=correction.is_spam,
            decided_at=correction.created_at,
            author_id=message.author_id,
            author_name=message.author_name,
            score=verdict.score,
            model_version=version,
        )
        for verdict, text, correction, message, version in session.execute(page).all()
    ]
