"""What moderators decided about nearly the same text in the same chat."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update

from storage.models import Correction, Message, ModelVersion, Verdict, now
from storage.moderation import explanations, precedents
from storage.moderation.precedents import Precedent, Question
from storage.session import reading, transaction
from tests.storage import given

ANN = "telegram:1"


@pytest.fixture
def model(engine: Engine) -> ModelVersion:
    return given.version(engine)


def written(engine: Engine, model: ModelVersion, text: str, message_id: int, chat: int = -100123) -> int:
    return given.verdict(engine, model, given.incoming(text, message_id, chat_external_id=chat))


def precedent(engine: Engine, verdict_id: int) -> Precedent | None:
    with reading(engine) as session:
        message = session.scalars(select(Message).join(Verdict).where(Verdict.id == verdict_id)).one()
        return precedents.of(session, [Question(verdict_id, message, message.text)]).get(verdict_id)


def decided(engine: Engine, verdict_id: int, is_spam: bool, days_ago: float = 0) -> None:
    correction_id = given.corrected(engine, verdict_id, ANN, is_spam)
    with transaction(engine) as session:
        moment = now() - timedelta(days=days_ago)
        session.execute(update(Correction).where(Correction.id == correction_id).values(created_at=moment))


def test_a_text_repeats_another_whatever_its_digits_and_capitals(engine: Engine, model: ModelVersion) -> None:
    decided(engine, written(engine, model, "Earn 500 dollars a day, write to me", 1), True, days_ago=2.5)
    decided(engine, written(engine, model, "the roses are in bloom this week", 2), False)
    repeated = written(engine, model, "EARN 900 dollars a day, write to me", 3)
    assert precedent(engine, repeated) == Precedent(True, 2)


def test_another_text_has_no_precedent(engine: Engine, model: ModelVersion) -> None:
    decided(engine, written(engine, model, "earn 500 dollars a day", 1), True)
    assert precedent(engine, written(engine, model, "who sells a bicycle?", 2)) is None


def test_a_message_is_no_precedent_of_its_own(engine: Engine, model: ModelVersion) -> None:
    verdict_id = written(engine, model, "earn 500 dollars a day", 1)
    decided(engine, verdict_id, True)
    assert precedent(engine, verdict_id) is None


def test_another_chats_decisions_say_nothing(engine: Engine, model: ModelVersion) -> None:
    decided(engine, written(engine, model, "earn 500 dollars a day", 1, chat=-100999), True)
    assert precedent(engine, written(engine, model, "earn 500 dollars a day", 2)) is None


def test_of_two_that_are_alike_the_newest_decision_counts(engine: Engine, model: ModelVersion) -> None:
    decided(engine, written(engine, model, "earn 500 dollars a day", 1), True, days_ago=9)
    decided(engine, written(engine, model, "earn 500 dollars a day", 2), False, days_ago=1)
    assert precedent(engine, written(engine, model, "earn 500 dollars a day", 3)) == Precedent(False, 1)


def test_an_explanation_names_what_is_only_alike(engine: Engine, model: ModelVersion) -> None:
    verdict_id = written(engine, model, "who sells a bicycle?", 1)
    with transaction(engine) as session:
        explanations.ask(session, verdict_id)
        nearest = [{"chat": 1, "text": "x", "is_spam": False, "similarity": 0.9}]
        explanations.answer(session, verdict_id, "v1", nearest=nearest)
    assert precedent(engine, verdict_id) == Precedent(False)
