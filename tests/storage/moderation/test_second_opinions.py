"""Questions to another model: which flags they are about, and within which limits they are asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, update

from storage.learning import erasure
from storage.models import (
    Action,
    ActionKind,
    ActionState,
    ModelVersion,
    Platform,
    RuleEffect,
    RuleKind,
    SecondOpinion,
    now,
)
from storage.moderation import second_opinions
from storage.moderation.policies import rules
from storage.moderation.policies.rules import NewRule
from storage.moderation.second_opinions import Hint, Question
from storage.outbound import configured
from storage.session import reading, transaction
from tests.storage import given

DOUBTFUL = 0.7


@pytest.fixture
def model(engine: Engine) -> ModelVersion:
    """The version that serves where another model may be asked."""
    with transaction(engine) as session:
        configured.record(session, configured.SECOND_OPINION, on=True)
    return given.version(engine)


def flagged(engine: Engine, model: ModelVersion, message_id: int = 1) -> int:
    return given.verdict(engine, model, given.incoming("cheap flats", message_id), DOUBTFUL)


def claim(engine: Engine, a_day: int = 200) -> Question | None:
    with transaction(engine) as session:
        return second_opinions.claim(session, a_day)


def asked(engine: Engine) -> list[int]:
    return given.values(engine, SecondOpinion.verdict_id)


def hours_pass(engine: Engine, hours: float) -> None:
    with transaction(engine) as session:
        session.execute(update(SecondOpinion).values(asked_at=now() - timedelta(hours=hours)))


@pytest.mark.parametrize(("score", "is_asked"), [(0.49, False), (0.5, True), (0.89, True), (0.9, False)])
def test_flags_between_review_and_act_are_asked_about(
    engine: Engine, model: ModelVersion, score: float, is_asked: bool
) -> None:
    given.verdict(engine, model, given.incoming(), score)
    assert (len(asked(engine)) == 1) is is_asked


def test_the_site_is_not_asked_about(engine: Engine, model: ModelVersion) -> None:
    given.verdict(engine, model, given.incoming(platform=Platform.WEB), DOUBTFUL)
    assert asked(engine) == []


def test_what_a_rule_flags_is_not_asked_about(engine: Engine, model: ModelVersion) -> None:
    given.received(engine, given.incoming("hello", 9))
    with transaction(engine) as session:
        rules.add(session, 1, [NewRule(RuleKind.WORDS, RuleEffect.FLAG, "flats")], "ann")
    flagged(engine, model)
    assert asked(engine) == [1]  # hello, which was judged with it, and not what the rule flagged


def test_where_none_is_configured_nothing_is_asked(engine: Engine, model: ModelVersion) -> None:
    with transaction(engine) as session:
        configured.record(session, configured.SECOND_OPINION, on=False)
    flagged(engine, model)
    assert asked(engine) == []


def test_a_question_has_the_text_that_was_judged(engine: Engine, model: ModelVersion) -> None:
    verdict = flagged(engine, model)
    given.received(engine, given.edited("sorry, wrong chat"))
    assert claim(engine) == Question(verdict, "cheap flats", 1)
    assert claim(engine) is None  # it is being asked


def test_beyond_the_days_budget_nothing_is_asked_or_kept(engine: Engine, model: ModelVersion) -> None:
    first, second = flagged(engine, model, 1), flagged(engine, model, 2)
    assert claim(engine, a_day=1) == Question(first, "cheap flats", 1)
    assert claim(engine, a_day=1) is None
    assert second not in asked(engine)
    hours_pass(engine, 25)
    third = flagged(engine, model, 3)
    assert claim(engine, a_day=1) == Question(third, "cheap flats", 1)


def test_after_two_attempts_it_is_given_up(engine: Engine, model: ModelVersion) -> None:
    flagged(engine, model)
    for attempt in (1, 2):
        question = claim(engine)
        assert question is not None
        assert question.attempts == attempt
        with transaction(engine) as session:
            second_opinions.failed(session, question, "HTTP 500")
        hours_pass(engine, 0.1)
    assert claim(engine) is None
    with reading(engine) as session:
        assert not second_opinions.is_waiting(session)
        assert second_opinions.hints(session, asked(engine)) == {}
    assert given.values(engine, SecondOpinion.error) == ["HTTP 500"]


def test_an_attempt_that_was_interrupted_is_made_once_more(engine: Engine, model: ModelVersion) -> None:
    flagged(engine, model)
    for _ in range(2):
        assert claim(engine) is not None
        hours_pass(engine, 0.1)
    assert claim(engine) is None
    assert given.values(engine, SecondOpinion.error) == ["no attempt was finished"]


def test_what_waited_for_an_hour_is_not_asked_any_more(engine: Engine, model: ModelVersion) -> None:
    flagged(engine, model)
    hours_pass(engine, 2)
    assert claim(engine) is None
    assert asked(engine) == []


def test_what_a_moderator_has_decided_is_not_asked(engine: Engine, model: ModelVersion) -> None:
    given.corrected(engine, flagged(engine, model), "ann", True)
    assert claim(engine) is None
    assert asked(engine) == []


def test_what_failed_and_was_decided_is_not_asked_again(engine: Engine, model: ModelVersion) -> None:
    verdict = flagged(engine, model)
    question = claim(engine)
    assert question is not None
    with transaction(engine) as session:
        second_opinions.failed(session, question, "HTTP 500")
    with reading(engine) as session:
        assert not second_opinions.is_waiting(session)  # its pause is not over
    given.corrected(engine, verdict, "ann", True)
    hours_pass(engine, 0.1)
    assert claim(engine) is None
    with reading(engine) as session:
        assert not second_opinions.is_waiting(session)


def answer(engine: Engine) -> int:
    question = claim(engine)
    assert question is not None
    with transaction(engine) as session:
        second_opinions.answered(session, question, Hint(True, "sells cheap flats"))
    return question.verdict_id


def test_an_answer_is_a_hint_and_amends_the_notice(engine: Engine, model: ModelVersion) -> None:
    flagged(engine, model)
    verdict = answer(engine)
    with reading(engine) as session:
        assert second_opinions.hints(session, [verdict]) == {verdict: Hint(True, "sells cheap flats")}
    kinds = dict(zip(given.values(engine, Action.kind), given.values(engine, Action.state), strict=True))
    assert kinds == {ActionKind.NOTIFY: ActionState.PENDING, ActionKind.AMEND: ActionState.PENDING}
    assert given.learned(engine) == []


def test_its_reason_is_erased_with_the_message(engine: Engine, model: ModelVersion) -> None:
    flagged(engine, model)
    answer(engine)
    with transaction(engine) as session:
        erasure.erase(session, [1])
    assert given.values(engine, SecondOpinion.answer) == [""]


def test_a_reason_for_an_erased_message_is_not_stored(engine: Engine, model: ModelVersion) -> None:
    flagged(engine, model)
    question = claim(engine)
    assert question is not None
    with transaction(engine) as session:
        erasure.erase(session, [1])
        second_opinions.answered(session, question, Hint(True, "sells cheap flats"))
    assert given.values(engine, SecondOpinion.answer) == [""]
