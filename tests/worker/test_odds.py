"""The worker's thresholds follow the author's standing and what moderators decided, with a real if tiny network."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select

from classifier.spam import SpamClassifier
from storage.models import ModelVersion, Standing, Verdict
from storage.odds import shifted, shifts
from storage.session import reading
from tests import tiny
from tests.storage import given
from tests.worker.clock import Clock
from worker import moderation
from worker.models import Serving
from worker.odds import KEPT_SECONDS, Odds


@pytest.fixture
def model(engine: Engine) -> ModelVersion:
    return given.version(engine)


def test_before_any_decision_the_defaults_hold(engine: Engine) -> None:
    assert Odds(engine).shifts() == shifts({})


def test_what_is_decided_counts_ten_minutes_later(engine: Engine, model: ModelVersion) -> None:
    given.joined(engine, 7)
    clock = Clock()
    odds = Odds(engine, clock)
    before = odds.shifts()
    given.corrected(engine, given.verdict(engine, model), "telegram:1", True)
    clock.now = KEPT_SECONDS - 1
    assert odds.shifts() is before
    clock.now = KEPT_SECONDS
    assert odds.shifts()[Standing.NEWCOMER] < before[Standing.NEWCOMER]


def test_one_text_is_held_against_each_authors_thresholds(engine: Engine, model: ModelVersion) -> None:
    given.regular(engine, model, 7)
    given.joined(engine, 8)
    score = SpamClassifier(tiny.checkpoint()).score(["buy now"])[0]
    classifier = SpamClassifier(tiny.checkpoint(review=score / 2))
    given.received(engine, given.incoming("buy now", 1), given.incoming("buy now", 2, author_id=8))
    moved = Odds(engine).shifts()
    moderation.judge(engine, Serving(model.id, model.name, classifier), 32, 30, 0.0, moved)
    with reading(engine) as session:
        regulars, newcomers = session.scalars(select(Verdict).order_by(Verdict.id.desc()).limit(2)).all()[::-1]
    assert (regulars.standing, newcomers.standing) == (Standing.GOOD, Standing.NEWCOMER)
    assert regulars.score == pytest.approx(newcomers.score)
    assert (regulars.is_spam, newcomers.is_spam) == (False, True)
    assert regulars.review_threshold == pytest.approx(shifted(score / 2, moved[Standing.GOOD]))
    assert newcomers.review_threshold == pytest.approx(shifted(score / 2, moved[Standing.NEWCOMER]))
