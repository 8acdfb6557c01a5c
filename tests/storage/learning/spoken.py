"""What members say for days without an objection, and what is presumed of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine

from storage.learning import presumed
from storage.learning.presumed import Limits, PresumedText
from storage.models import (
    Chat,
    Message,
)
from storage.session import reading
from tests.storage import given

WORDS = [f"{a}{b}{c}" for a in "abcdefgh" for b in "ijklmn" for c in "opqrst"]
NOW = given.NOON + timedelta(days=10)
FEW = Limits(texts=1_000)


def texts(number: int) -> str:
    return f"{WORDS[number % len(WORDS)]} and {WORDS[-number % len(WORDS)]} {number // len(WORDS)}"


def spoken(
    engine: Engine, n: int = 10, author: int = 7, chat: int = -100123, first: int = 1, score: float = 0.1
) -> list[int]:
    """Messages of a member, judged ham unless the score says otherwise. Returns their rows."""
    model = given.version(engine) if not given.values(engine, given.ModelVersion.id) else None
    with reading(engine) as session:
        model = model or session.get_one(given.ModelVersion, 1)
    messages = [
        given.incoming(texts(number), number, author_id=author, chat_external_id=chat)
        for number in range(first, first + n)
    ]
    given.received(engine, *messages)
    given.verdict(engine, model, messages[-1], score)
    with reading(engine) as session:
        rows = session.query(Message.id).join(Chat).where(Chat.external_id == chat, Message.author_id == author)
        return [row for (row,) in rows.order_by(Message.id)]


def sample(engine: Engine, at: datetime = NOW, limits: Limits = FEW) -> list[PresumedText]:
    with reading(engine) as session:
        return presumed.sample(session, at, limits)


def rows(engine: Engine, at: datetime = NOW) -> set[int]:
    return {one.message_id for one in sample(engine, at)}
