"""What is read with an author's names is scored without them too, so that a notice can say which part weighed."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from classifier.spam import SpamClassifier
from storage.models import Message, Verdict
from tests import tiny
from tests.storage import given
from worker import moderation
from worker.models import Serving


def test_words_are_scored_without_the_names_before_them_too(engine: Engine) -> None:
    model, classifier = given.version(engine), SpamClassifier(tiny.checkpoint(review=0.0))
    loud = {"author_name": "FREE COINS", "telling_name": "FREE COINS", "author_username": "casino_bonus"}
    given.received(
        engine, given.incoming("hello", 1, **loud), given.incoming("", 2, **loud), given.incoming("hello", 3)
    )
    moderation.judge(engine, Serving(model.id, model.name, classifier), 100, 30)
    assert given.values(engine, Message.text)[0] == "FREE COINS\ncasino bonus\nhello"
    scored = given.values(engine, Verdict.score_without_names)
    assert scored == [pytest.approx(classifier.score(["hello"])[0], abs=1e-5), None, None]
