"""How long an author is in a chat, and how much they wrote there."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, select

from storage.models import Message
from storage.moderation import presence
from storage.moderation.presence import Presence
from storage.session import reading
from tests.storage import given

OTHER_GROUP = -100999


def presences(engine: Engine) -> list[Presence | None]:
    """Of the author of each message, in the messages' order."""
    with reading(engine) as session:
        messages = session.scalars(select(Message).order_by(Message.id)).all()
        by_message = presence.of_authors(session, messages)
        return [by_message.get(message.id) for message in messages]


def test_messages_are_counted_chat_by_chat_and_person_by_person(engine: Engine) -> None:
    mine = [given.incoming(f"text {n}", n) for n in (1, 2)]
    others = [given.incoming("text", 3, author_id=8), given.incoming("text", 4, chat_external_id=OTHER_GROUP)]
    given.received(engine, *mine, *others)
    assert presences(engine) == [Presence(2), Presence(2), Presence(1), Presence(1)]


def test_days_are_counted_from_joining_to_the_message(engine: Engine) -> None:
    given.joined(engine, 7)
    later = [given.NOON + timedelta(hours=hours) for hours in (1, 71, -1)]
    given.received(engine, *[given.incoming("text", n, sent_at=sent_at) for n, sent_at in enumerate(later, 1)])
    assert presences(engine) == [Presence(3, 0), Presence(3, 2), Presence(3, 0)]


def test_somebody_anonymous_has_no_presence(engine: Engine) -> None:
    given.received(engine, given.incoming(author_id=None))
    assert presences(engine) == [None]
