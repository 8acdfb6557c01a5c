"""The inbox as a worker uses it: messages are claimed under a lease and recorded."""

from __future__ import annotations

from sqlalchemy import Engine

from storage.models import Message
from storage.moderation import inbox
from storage.moderation.claiming import Claimed
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.session import reading, transaction
from tests.storage import given

SEVERAL = [given.incoming(f"message {i}", i) for i in range(1, 6)]


def claim(engine: Engine, limit: int = 10, seconds: float = 30) -> tuple[str, list[Claimed]]:
    with transaction(engine) as session:
        return inbox.claim(session, limit, seconds)


def claimed_rows(engine: Engine, limit: int = 10) -> list[int]:
    return [message.id for message in claim(engine, limit)[1]]


def suspect_rows(engine: Engine) -> list[int]:
    with transaction(engine) as session:
        return [message.id for message in inbox.claim_suspect(session, 30, inbox.new_holder())]


def record(engine: Engine, holder: str, model_id: int, *judgements: Judgement) -> list[int]:
    with transaction(engine) as session:
        return inbox.record(session, holder, ScoringVersion(model_id, 0.5, 0.9), judgements)


def row(engine: Engine, row_id: int) -> Message:
    with reading(engine) as session:
        return session.get_one(Message, row_id)


def claim_and_let_it_run_out(engine: Engine, times: int) -> None:
    for _ in range(times):
        claim(engine)
        given.passed(engine, "messages", "lease_until")
