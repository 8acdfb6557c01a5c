"""What a chat's own rules decide is no merit and no fault of the model's, and nothing that it learns from."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from storage.access import chats
from storage.learning import presumed
from storage.learning.presumed import Limits
from storage.models import ModelVersion, RuleEffect, RuleKind, Verdict
from storage.moderation.policies import rules
from storage.moderation.policies.rules import NewRule
from storage.session import reading, transaction
from storage.views import champion_quality
from tests.storage import given

WORDS = [f"{a}{b}{c} and {c}{b}{a}" for a in "abcde" for b in "fghij" for c in "klmno"]


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    with transaction(sqlite_engine) as session:
        chat = chats.on_telegram(session, -100123)
        rules.add(session, chat.id, [NewRule(RuleKind.WORDS, RuleEffect.FLAG, "casino")], "web:ann")
        rules.add(session, chat.id, [NewRule(RuleKind.WORDS, RuleEffect.ALLOW, "sponsor")], "web:ann")
    return sqlite_engine


@pytest.fixture
def model(engine: Engine) -> ModelVersion:
    return given.version(engine)


def test_an_undone_rule_is_no_false_positive_of_the_model(engine: Engine, model: ModelVersion) -> None:
    given.corrected(engine, given.verdict(engine, model, given.incoming("a casino", 1), 0.1), "telegram:1", False)
    with reading(engine) as session:
        quality = champion_quality.quality(session, given.NOON)
    assert (quality.judged, quality.flagged, quality.false_positives) == (0, 0, 0)


def test_a_shadow_is_not_compared_where_a_rule_decided(engine: Engine, model: ModelVersion) -> None:
    given.verdict(engine, model, given.incoming("a casino", 1), 0.1)
    given.shadowed(engine, given.in_shadow(engine), 0.1)
    assert given.values(engine, Verdict.is_shadow) == [False]


def test_what_a_rule_kept_from_being_flagged_is_not_presumed_ham(engine: Engine, model: ModelVersion) -> None:
    given.joined(engine, 7)
    for number, words in enumerate(WORDS[:8], 1):
        given.verdict(engine, model, given.incoming(f"{words} here", number), 0.1)
    given.verdict(engine, model, given.incoming(f"{WORDS[9]} of our sponsor", 9), 0.99)
    with reading(engine) as session:
        texts = presumed.sample(session, given.NOON + timedelta(days=10), Limits(texts=1_000))
    assert texts
    assert not any("sponsor" in one.text for one in texts)
