"""What the worker counts: once a batch, whatever becomes of its messages."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from classifier.spam import SpamClassifier
from storage.models import Platform
from storage.session import reading
from storage.settings import StorageSettings
from tests import tiny
from tests.conftest import AddVersion
from tests.scraped import grown
from tests.storage import given
from worker import moderation, shadow
from worker.__main__ import hindrances
from worker.champion import Champion
from worker.models import Models, Serving


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


def judge(engine: Engine, classifier: SpamClassifier, batch_size: int = 100) -> None:
    model = given.version(engine)
    moderation.judge(engine, Serving(model.id, model.name, classifier), batch_size, 30)


def test_outcomes_are_counted_by_version_and_kind_of_chat(engine: Engine) -> None:
    given.received(
        engine, given.incoming("buy now", 1), given.incoming("", 2), given.incoming("hello", 3, platform=Platform.WEB)
    )
    flagged = grown("hamlet_verdicts_total", outcome="spam", model_version="v1", platform="telegram")
    nothing = grown("hamlet_verdicts_total", outcome="nothing to judge", model_version="v1", platform="telegram")
    on_the_web = grown("hamlet_verdicts_total", outcome="spam", model_version="v1", platform="web")
    judge(engine, SpamClassifier(tiny.checkpoint(review=0.0)))
    assert (flagged(), nothing(), on_the_web()) == (1, 1, 1)


def test_a_batch_is_counted_once_with_its_size(engine: Engine) -> None:
    given.received(engine, *[given.incoming("hello", i) for i in range(3)])
    batches, messages = grown("hamlet_batch_messages_count"), grown("hamlet_batch_messages_sum")
    judge(engine, SpamClassifier(tiny.checkpoint()))
    assert (batches(), messages()) == (1, 3)


def test_nothing_to_do_counts_as_no_batch(engine: Engine) -> None:
    batches, scored = grown("hamlet_batch_messages_count"), grown("hamlet_inference_seconds_count", role="champion")
    judge(engine, SpamClassifier(tiny.checkpoint()))
    assert (batches(), scored()) == (0, 0)


def test_tokens_and_seconds_are_the_networks(engine: Engine) -> None:
    classifier = SpamClassifier(tiny.checkpoint())
    given.received(engine, given.incoming("buy now", 1), given.incoming("hello, who is there", 2))
    tokens = grown("hamlet_inference_tokens_total", role="champion")
    seconds = grown("hamlet_inference_seconds_sum", role="champion")
    judge(engine, classifier)
    assert tokens() == classifier.tokens_read > 2
    assert 0 < seconds() < 60


def test_the_shadows_work_is_counted_apart(engine: Engine, models: Path, add_version: AddVersion) -> None:
    add_version(engine, "v1", made=tiny.checkpoint())
    add_version(engine, "v2", promoted=False, made=tiny.checkpoint())
    given.in_shadow(engine, "v2")
    champion = Champion(engine, Models(models, "fp32"))
    serving = champion.current()
    assert serving is not None
    given.received(engine, given.incoming("buy now"))
    batch = moderation.judge(engine, serving, 10, 30)
    tokens = grown("hamlet_inference_tokens_total", role="shadow")
    shadow.follow(engine, champion, batch.scored, 10)
    assert tokens() > 0


def test_a_worker_without_a_loaded_version_is_not_ready(engine: Engine, champion: Champion) -> None:
    assert hindrances(champion, engine, StorageSettings()) == ["no model version is loaded"]


def test_an_edited_message_counts_once_it_is_judged(engine: Engine) -> None:
    given.received(engine, given.incoming("hello"))
    judge(engine, SpamClassifier(tiny.checkpoint(review=1.0)))
    given.received(engine, given.edited("buy now"))
    counted = grown("hamlet_verdicts_total", outcome="ham", model_version="v1", platform="telegram")
    with reading(engine) as session:
        assert moderation.monitoring.outcomes(session, [1]) == {}, "it waits again"
    assert counted() == 0
