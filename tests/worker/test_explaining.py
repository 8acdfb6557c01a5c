"""Why a verdict says what it says: asked once, answered by the version that serves, kept."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine

from classifier.blend import Blend
from classifier.checkpoint import Checkpoint
from storage.errors import UnknownVerdict
from storage.learning import versions
from storage.models import Explanation, Platform
from storage.moderation import explanations
from storage.session import reading, transaction
from tests import tiny
from tests.conftest import AddVersion
from tests.storage import given
from training.data.datasets import Example
from training.fit import ngrams
from training.fit.recipe import TrainConfig
from worker import explaining
from worker.champion import Champion
from worker.models import Models, Serving


def with_ngrams() -> Checkpoint:
    """A tiny version that flags everything and has n-grams of its own."""
    examples = [Example("win a prize now", True), Example("see you at home", False)]
    config = TrainConfig(ngram_buckets=2**12)
    return replace(tiny.checkpoint(review=0.0), ngram_model=ngrams.fit(examples, config), blend=Blend(4.0, 2.0, 0.5))


@pytest.fixture
def serving(engine: Engine, add_version: AddVersion, tmp_path_factory: pytest.TempPathFactory) -> Serving:
    models = tmp_path_factory.mktemp("models")
    add_version(engine, models=models, made=with_ngrams())
    current = Champion(engine, Models(models, "fp32")).current()
    assert current is not None
    return current


def asked(engine: Engine, verdict_id: int) -> None:
    with transaction(engine) as session:
        explanations.ask(session, verdict_id)


def explanation_of(engine: Engine, verdict_id: int) -> Explanation:
    with reading(engine) as session:
        explanation = explanations.of(session, verdict_id)
    assert explanation is not None
    return explanation


def judged(engine: Engine, serving: Serving, text: str, message_id: int, **where: Any) -> int:
    with reading(engine) as session:
        version = versions.champion(session)
    assert version is not None
    return given.verdict(engine, version, given.incoming(text, message_id, **where))


def test_a_question_is_answered_with_tokens_parts_and_the_nearest_example(engine: Engine, serving: Serving) -> None:
    example_id = judged(engine, serving, "win a prize now", 1)
    given.corrected(engine, example_id, "ann", is_spam=True)
    verdict_id = judged(engine, serving, "WIN a рrize n\u200bow", 2)
    asked(engine, verdict_id)
    assert explanation_of(engine, verdict_id).answered_at is None
    assert explaining.answer_waiting(engine, serving) == 1
    explanation = explanation_of(engine, verdict_id)
    assert (explanation.error, explanation.model_version) == (None, "v1")
    assert explanation.normalised == "win a prize now ⟨invisible⟩ ⟨mixed⟩"
    assert "".join(explanation.tokens).startswith("WIN a ")
    score = serving.classifier.score(["WIN a рrize n\u200bow"])[0]
    assert sum(explanation.parts.values()) == pytest.approx(math.log(score / (1 - score)), abs=1e-3)
    assert explanation.ngrams[0][1] > 0
    [nearest] = explanation.nearest
    assert (nearest["text"], nearest["is_spam"]) == ("win a prize now", True)
    assert 0.5 < nearest["similarity"] < 1.0, "one is disguised, the other is not"


def nearest_texts(engine: Engine, serving: Serving, verdict_id: int) -> list[str]:
    asked(engine, verdict_id)
    explaining.answer_waiting(engine, serving)
    return [example["text"] for example in explanation_of(engine, verdict_id).examples]


def test_no_text_of_another_chat_is_an_example(engine: Engine, serving: Serving) -> None:
    given.corrected(engine, judged(engine, serving, "win a prize now", 1, chat_external_id=-1), "ann", is_spam=True)
    verdict_id = judged(engine, serving, "win a prize now!", 2, chat_external_id=-2)
    assert nearest_texts(engine, serving, verdict_id) == []
    assert nearest_texts(engine, serving, judged(engine, serving, "win a prize now?", 3, chat_external_id=-1)) == [
        "win a prize now"
    ]


@pytest.mark.parametrize(
    ("client", "author", "is_own"), [(7, None, True), (-7, None, True), (8, None, False), (7, 2, False)]
)
def test_a_clients_examples_are_its_own(
    engine: Engine, serving: Serving, client: int, author: int | None, is_own: bool
) -> None:
    web: dict[str, Any] = {"platform": Platform.WEB, "chat_external_id": client, "author_id": author}
    given.corrected(engine, judged(engine, serving, "win a prize now", 1, **web), "ann", is_spam=True)
    asked_by = {"platform": Platform.WEB, "chat_external_id": 7, "author_id": None}
    verdict_id = judged(engine, serving, "win a prize now!", 2, **asked_by)
    assert nearest_texts(engine, serving, verdict_id) == (["win a prize now"] if is_own else [])


def test_asked_twice_it_is_answered_once(engine: Engine, serving: Serving) -> None:
    verdict_id = judged(engine, serving, "hello", 1)
    asked(engine, verdict_id)
    asked(engine, verdict_id)
    assert explaining.answer_waiting(engine, serving) == 1
    asked(engine, verdict_id)
    assert explaining.answer_waiting(engine, serving) == 0


def test_an_unknown_verdict_cannot_be_asked_about(engine: Engine) -> None:
    with pytest.raises(UnknownVerdict):
        asked(engine, 7)


def test_a_text_without_anything_to_judge_has_its_reason_told(engine: Engine, serving: Serving) -> None:
    verdict_id = judged(engine, serving, "\u200b", 1)
    asked(engine, verdict_id)
    explaining.answer_waiting(engine, serving)
    assert explanation_of(engine, verdict_id).error is not None
