"""What a challenger in shadow says beside the champion."""

from __future__ import annotations

from sqlalchemy import Engine

from storage.learning import shadow
from storage.learning.shadow import Disagreement, ShadowCounts
from storage.models import Message, ModelVersion
from storage.moderation.new_verdicts import Judgement, ScoringVersion
from storage.session import reading, transaction
from tests.storage import given


def record(engine: Engine, model: ModelVersion, *judgements: Judgement) -> None:
    with transaction(engine) as session:
        shadow.record(session, ScoringVersion(model.id, 0.5, 0.9), judgements)


def judged_as(engine: Engine, champion: ModelVersion, challenger: ModelVersion, *pairs: tuple[float, float]) -> None:
    """Messages 1, 2, … with the score that either gave."""
    for number, (score, _) in enumerate(pairs, 1):
        given.verdict(engine, champion, given.incoming(f"message {number}", number), score)
    rows = given.values(engine, Message.id)
    record(engine, challenger, *(Judgement(row, 0, score) for row, (_, score) in zip(rows, pairs, strict=True)))


def counts(engine: Engine, model: ModelVersion) -> ShadowCounts:
    with reading(engine) as session:
        return shadow.counts(session, model.id)


def disagreements(engine: Engine, limit: int = 50, before_id: int | None = None) -> list[Disagreement]:
    with reading(engine) as session:
        return shadow.disagreements(session, limit, before_id)


def texts(found: list[Disagreement]) -> list[str]:
    return [item.champion.text for item in found]
