"""Presumed ham as training reads it, and as it comes to stand in a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from storage.access import chats
from storage.learning.presumed import PresumedText
from storage.models import Message, MessageState, now
from storage.session import transaction

NOW = datetime(2026, 1, 20, 12, tzinfo=UTC)
FIRST = [f"{a}{b}" for a in ("lunch", "train", "lesson", "garden", "letter", "window", "ticket") for b in "abcdefgh"]
THEN = ["is late today", "was lovely yesterday", "starts at nine", "needs more sugar", "looks rather odd"]


def words(number: int) -> str:
    """A text that is like no other of these."""
    return f"{FIRST[number % len(FIRST)]} number {number:04d} {THEN[number % len(THEN)]} {FIRST[-number % len(FIRST)][::-1]}"


def presumed(
    number: int, text: str | None = None, author: int = 7, held: bool = False, days: float = 3, chat: int = 1
) -> PresumedText:
    written = words(number) if text is None else text
    return PresumedText(number, 0, chat, author, written, NOW - timedelta(days=days), held)


def a_chat(engine: Engine, members: int = 5, messages: int = 40, days: float = 5.0) -> None:
    """A Telegram group whose members wrote so many messages each, so many days ago, judged ham all."""
    sent_at = now() - timedelta(days=days)
    with transaction(engine) as session:
        group = chats.on_telegram(session, -members, f"a group of {members}")
        session.add_all(
            Message(
                chat_id=group.id,
                message_id=number,
                author_id=1 + number % members,
                text=words(number),
                sent_at=sent_at,
                received_at=sent_at,
                state=MessageState.HAM,
            )
            for number in range(1, members * messages + 1)
        )
