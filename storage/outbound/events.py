"""Events that the operator's webhook is informed of. Where no webhook is configured, nothing is noted."""

from __future__ import annotations

import uuid
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from storage.models import Chat, Delivery, now
from storage.outbound import configured


class Event(StrEnum):
    """What happened."""

    DECISION = "decision"
    PROMOTION = "promotion"
    REFUSAL = "refusal"
    ROLLBACK = "rollback"
    PAUSE = "pause"
    RESUME = "resume"
    TEST = "test"


def is_on(session: Session) -> bool:
    """Whether a webhook is configured."""
    return configured.is_on(session, configured.WEBHOOK)


def note(session: Session, event: Event, **facts: Any) -> None:
    """Have the webhook informed of an event once this transaction has committed.

    `facts` are ids, titles, labels, names of versions and times; never what a member wrote or is called.
    """
    if not is_on(session):
        return
    head = {"id": uuid.uuid4().hex, "event": event.value, "at": now().isoformat(timespec="seconds")}
    session.add(Delivery(event=event, payload=head | facts))
    session.flush()


def note_in(session: Session, chat: Chat, event: Event, **facts: Any) -> None:
    """The same of something that happened in a chat, unless the chat refuses that."""
    if chat.chosen.informs_webhook:
        note(session, event, chat=about(chat), **facts)


def about(chat: Chat) -> dict[str, Any]:
    """What an event says of a chat."""
    return {"id": chat.id, "platform": chat.platform.value, "external_id": chat.external_id, "title": chat.title}
