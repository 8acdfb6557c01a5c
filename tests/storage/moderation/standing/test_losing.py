"""What takes standing: spam, a flag that nobody has decided, and being forgotten."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from storage.models import Message, ModelVersion
from storage.moderation import corrections
from storage.moderation.corrections import Decision
from storage.privacy import members
from storage.session import transaction
from tests.storage import given
from tests.storage.moderation.standing.authors import (
    ANN,
    ANOTHER,
    BEFORE,
    CLEAN,
    GOOD,
    MODERATOR,
    NEWCOMER,
    SOME,
    SURE,
    UNSURE,
    earns,
    says,
    standing,
)


def test_a_spam_decision_makes_a_newcomer_until_it_is_taken_back(engine: Engine, model: ModelVersion) -> None:
    clean = earns(engine, model, 5)
    given.corrected(engine, clean[2], MODERATOR, True)
    assert standing(engine, model) == NEWCOMER
    with transaction(engine) as session:
        corrections.take_back(session, clean[2], MODERATOR)
    assert standing(engine, model) == GOOD


def test_a_spam_decision_stands_after_its_words_were_edited(engine: Engine, model: ModelVersion) -> None:
    earns(engine, model, 5)
    verdict_id = says(engine, model, "buy now")
    given.corrected(engine, verdict_id, MODERATOR, True)
    given.verdict(engine, model, given.edited("good morning to you", 6), CLEAN)
    assert standing(engine, model) == NEWCOMER


@pytest.mark.parametrize("was_there", [False, True])
def test_an_undecided_flag_at_the_acting_threshold_suspends_standing(
    engine: Engine, model: ModelVersion, was_there: bool
) -> None:
    author = 99 if was_there else ANN
    before = standing(engine, model, author)
    earns(engine, model, 1, author)
    flag = says(engine, model, "buy now", SURE, author)
    assert standing(engine, model, author) == NEWCOMER
    given.corrected(engine, flag, MODERATOR, False)
    assert before == (BEFORE if was_there else NEWCOMER)
    assert standing(engine, model, author) == (BEFORE if was_there else SOME)


def test_a_flag_below_the_acting_threshold_suspends_nothing(engine: Engine, model: ModelVersion) -> None:
    earns(engine, model, 5)
    says(engine, model, "buy now", UNSURE)
    assert standing(engine, model) == GOOD


def test_a_disputed_flag_goes_on_suspending_and_one_set_aside_does_not(engine: Engine, model: ModelVersion) -> None:
    earns(engine, model, 5)
    flag = says(engine, model, "buy now", SURE)
    given.corrected(engine, flag, MODERATOR, True)
    given.corrected(engine, flag, ANOTHER, False)
    assert standing(engine, model) == NEWCOMER
    with transaction(engine) as session:
        corrections.take_back(session, flag, ANOTHER)
        corrections.correct(session, Decision(flag, MODERATOR, "Mo", False, is_aside=True))
    assert standing(engine, model) == GOOD


def test_a_flagged_message_edited_since_goes_on_suspending(engine: Engine, model: ModelVersion) -> None:
    earns(engine, model, 5)
    says(engine, model, "buy now", SURE)
    given.verdict(engine, model, given.edited("good morning to you", 6), CLEAN)
    assert standing(engine, model) == NEWCOMER


def test_what_a_shadow_flags_suspends_nothing(engine: Engine, model: ModelVersion) -> None:
    earns(engine, model, 5)
    given.shadowed(engine, given.in_shadow(engine), SURE)
    assert standing(engine, model) == GOOD


def test_the_texts_of_standing_are_gone_when_they_are_forgotten(engine: Engine, model: ModelVersion) -> None:
    earns(engine, model, 5)
    with transaction(engine) as session:
        members.forget(session, ANN)
    given.joined(engine, ANN)
    assert standing(engine, model) == NEWCOMER
    assert given.values(engine, Message.author_id)[:5] == [None] * 5
