"""What authors write in a group, and which standing they have by it."""

from __future__ import annotations

from sqlalchemy import Engine

from storage.models import ModelVersion, Standing, Verdict
from storage.session import reading
from tests.conftest import count
from tests.storage import given

UNKNOWN, NEWCOMER, SOME, BEFORE, GOOD = Standing
ANN, BOB, CHANNEL = 7, 8, -1009
SURE, UNSURE, CLEAN = 0.95, 0.7, 0.1
MODERATOR, ANOTHER = "telegram:1", "telegram:2"


def says(
    engine: Engine, model: ModelVersion, text: str, score: float = CLEAN, author_id: int | None = ANN, **changes: object
) -> int:
    """The verdict on the next message of that author."""
    number = count(engine, "messages") + 1
    return given.verdict(engine, model, given.incoming(text, number, author_id=author_id, **changes), score)


def standing(engine: Engine, model: ModelVersion, author_id: int | None = ANN, **changes: object) -> Standing:
    """Of that author, as the verdict on their next word says; one word earns nothing."""
    verdict_id = says(engine, model, "hello", author_id=author_id, **changes)
    with reading(engine) as session:
        return session.get_one(Verdict, verdict_id).standing


def earns(engine: Engine, model: ModelVersion, times: int, author_id: int = ANN, **changes: object) -> list[int]:
    """Verdicts on so many clean texts, each of three words of its own."""
    first = count(engine, "messages")
    return [says(engine, model, f"all is well{'l' * (first + n)}", CLEAN, author_id, **changes) for n in range(times)]
