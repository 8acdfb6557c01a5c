"""Verdicts in a queue, and the queue as storage reads it."""

from __future__ import annotations

from sqlalchemy import Engine

from storage.models import Report
from storage.moderation import corrections
from storage.moderation.corrections import Decision
from storage.session import reading, transaction
from storage.views import queue
from storage.views.queue import QueueQuery
from tests.storage import given


def page(engine: Engine, limit: int = 50, after: int | None = None, **wanted: object) -> list[int]:
    with reading(engine) as session:
        return queue.page(session, QueueQuery(**wanted), limit, after)  # type: ignore[arg-type]  # as the test names them


def scored(engine: Engine, *scores: float) -> list[int]:
    model = given.version(engine)
    return [
        given.verdict(engine, model, given.incoming(f"word{i} number {i}", i, chat_external_id=-i % 2 - 5), score)
        for i, score in enumerate(scores, start=1)
    ]


def report(engine: Engine, message_row: int, n: int) -> None:
    with transaction(engine) as session:
        session.add_all(Report(message_id=message_row, reporter_id=i) for i in range(n))


def aside(engine: Engine, verdict: int, who: str = "web:ann") -> None:
    with transaction(engine) as session:
        corrections.correct(session, Decision(verdict, who, who, False, is_aside=True))
