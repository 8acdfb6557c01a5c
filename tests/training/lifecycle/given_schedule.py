"""What the tests of the schedule begin with: bounds that are soon reached, corrections, a clock set back."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, select, update

from storage.learning import versions
from storage.models import Message, ModelVersion, VersionState, now
from storage.session import reading, transaction
from tests.storage import given
from training.lifecycle import schedule
from training.lifecycle.gate_decision import Gate
from training.settings import TrainingSettings

SETTINGS = TrainingSettings(
    retrain_corrections=3, retrain_days=7, shadow_messages=4, shadow_hours=24, rollback_false_positives=2
)
PASSED, REFUSED = Gate(True, [], {"f1_change": 0.1}), Gate(False, ["F1 may be worse"], {})


def correct(engine: Engine, how_many: int, is_spam: bool = True) -> None:
    """As many messages flagged by the champion, each decided by a moderator."""
    with reading(engine) as session:
        champion = versions.champion(session)
        first = len(list(session.scalars(select(Message.id)))) + 1
    assert champion is not None
    for number in range(first, first + how_many):
        verdict_id = given.verdict(engine, champion, given.incoming(f"buy {number}", number))
        given.corrected(engine, verdict_id, "ann", is_spam)


def go_on(engine: Engine, version_id: int, decision: Gate, goes_on: bool) -> ModelVersion:
    with transaction(engine) as session:
        return schedule.go_on(session, SETTINGS, version_id, decision, goes_on)


def set_back(engine: Engine, column: object, days: float) -> None:
    with transaction(engine) as session:
        session.execute(update(column.class_).values({column: now() - timedelta(days=days)}))  # type: ignore[attr-defined]


def states(engine: Engine) -> list[VersionState]:
    return given.values(engine, ModelVersion.state)
