"""Corrections: who says what about a message, and what training and Telegram make of it."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select, update

from storage.errors import UnknownVerdict
from storage.models import (
    Action,
    ActionKind,
    ActionState,
    Correction,
    CorrectionState,
    Mode,
    ModelVersion,
    Platform,
    Verdict,
)
from storage.moderation import corrections
from storage.moderation.corrections import CorrectedText
from storage.session import reading, transaction
from tests.storage import given

ANN, BOB = "telegram:1", "telegram:2"
ACCEPTED, DISPUTED, REPLACED = CorrectionState.ACCEPTED, CorrectionState.DISPUTED, CorrectionState.REPLACED


@pytest.fixture
def model(engine: Engine) -> ModelVersion:
    return given.version(engine)


@pytest.fixture
def verdict(engine: Engine, model: ModelVersion) -> int:
    return given.verdict(engine, model)


def states(engine: Engine) -> list[CorrectionState]:
    return given.values(engine, Correction.state)


def asked(engine: Engine) -> list[ActionKind]:
    """Kinds of actions that wait, besides the notice every flagged message has."""
    return [kind for kind in given.values(engine, Action.kind) if kind != ActionKind.NOTIFY]


def test_a_moderators_decision_is_accepted(engine: Engine, verdict: int) -> None:
    correction_id = given.corrected(engine, verdict, ANN, False)
    with reading(engine) as session:
        (correction,) = corrections.accepted(session)
    assert correction == CorrectedText(
        correction_id, "buy now", False, ANN, correction.made_at, score=0.95, was_flagged=True
    )


def test_a_members_report_is_proposed_and_not_learnt(engine: Engine, verdict: int) -> None:
    given.corrected(engine, verdict, ANN, True, is_moderator=False)
    assert states(engine) == [CorrectionState.PROPOSED]
    assert given.learned(engine) == []


def test_a_members_report_does_not_dispute_a_moderator(engine: Engine, verdict: int) -> None:
    given.corrected(engine, verdict, ANN, True, is_moderator=False)
    given.corrected(engine, verdict, BOB, False)
    assert given.learned(engine) == [("buy now", False)]


def test_what_nobody_decided_is_no_example(engine: Engine, verdict: int, model: ModelVersion) -> None:
    other = given.verdict(engine, model, given.incoming("flagged, and never looked at", 2))
    with reading(engine) as session:
        assert corrections.accepted(session) == []
    given.corrected(engine, verdict, "ann", True)
    with reading(engine) as session:
        learned = [correction.text for correction in corrections.accepted(session)]
    assert "flagged, and never looked at" not in learned
    assert len(learned) == 1
    assert other != verdict


def test_the_same_decision_twice_is_one_correction(engine: Engine, verdict: int) -> None:
    assert given.corrected(engine, verdict, ANN, True) == given.corrected(engine, verdict, ANN, True)
    assert states(engine) == [ACCEPTED]


def test_a_changed_mind_replaces_the_earlier_decision(engine: Engine, verdict: int) -> None:
    given.corrected(engine, verdict, ANN, True)
    given.corrected(engine, verdict, ANN, False)
    assert states(engine) == [REPLACED, ACCEPTED]
    assert given.learned(engine) == [("buy now", False)]


def test_a_mind_changed_back_counts(engine: Engine, verdict: int) -> None:
    for is_spam in (True, False, True):
        given.corrected(engine, verdict, ANN, is_spam)
    assert given.learned(engine) == [("buy now", True)]


def test_moderators_who_disagree_are_both_disputed_and_out_of_training(engine: Engine, verdict: int) -> None:
    given.corrected(engine, verdict, ANN, True)
    given.corrected(engine, verdict, BOB, False)
    assert states(engine) == [DISPUTED, DISPUTED]
    assert given.learned(engine) == []


def test_agreement_after_a_dispute_settles_it(engine: Engine, verdict: int) -> None:
    for who, is_spam in ((ANN, True), (BOB, False), (ANN, False)):
        given.corrected(engine, verdict, who, is_spam)
    assert states(engine) == [REPLACED, ACCEPTED, ACCEPTED]


def test_decisions_on_two_versions_verdicts_of_the_same_words_are_disputed_together(
    engine: Engine, verdict: int
) -> None:
    other = given.version(engine, "v2")
    with transaction(engine) as session:
        first = session.get_one(Verdict, verdict)
        scored = Verdict(score=0.6, review_threshold=0.5, act_threshold=0.9, is_spam=True)
        scored.message_id, scored.edit, scored.model_version_id = first.message_id, first.edit, other.id
        session.add(scored)
    given.corrected(engine, verdict, ANN, True)
    given.corrected(engine, scored.id, BOB, False)
    assert states(engine) == [DISPUTED, DISPUTED]


def test_a_correction_is_about_the_text_that_was_judged(engine: Engine, verdict: int, model: ModelVersion) -> None:
    given.received(engine, given.edited("good morning"))
    given.corrected(engine, verdict, ANN, True)
    assert given.learned(engine) == [("buy now", True)]


def test_decisions_about_two_edits_do_not_dispute_each_other(engine: Engine, verdict: int, model: ModelVersion) -> None:
    later = given.verdict(engine, model, given.edited("good morning"))
    given.corrected(engine, verdict, ANN, True)
    given.corrected(engine, later, BOB, False)
    assert given.learned(engine) == [("buy now", True), ("good morning", False)]


def test_spam_by_a_moderator_asks_for_deletion_once(engine: Engine, verdict: int) -> None:
    given.corrected(engine, verdict, ANN, True)
    given.corrected(engine, verdict, BOB, True)
    assert asked(engine).count(ActionKind.DELETE) == 1


def test_a_chat_that_only_observes_keeps_its_messages(engine: Engine, verdict: int) -> None:
    given.mode(engine, Mode.OBSERVE)
    given.corrected(engine, verdict, ANN, True)
    assert asked(engine) == [ActionKind.AMEND]


@pytest.mark.parametrize(("is_spam", "is_moderator"), [(False, True), (True, False)])
def test_not_spam_and_members_reports_delete_nothing(
    engine: Engine, verdict: int, is_spam: bool, is_moderator: bool
) -> None:
    given.corrected(engine, verdict, ANN, is_spam, is_moderator)
    assert asked(engine) == [ActionKind.AMEND]


def test_a_disputed_message_is_not_deleted(engine: Engine, verdict: int) -> None:
    given.corrected(engine, verdict, ANN, False)
    given.corrected(engine, verdict, BOB, True)
    assert asked(engine) == [ActionKind.AMEND]


def test_the_web_chat_asks_for_nothing(engine: Engine, model: ModelVersion) -> None:
    verdict_id = given.verdict(engine, model, given.incoming(platform=Platform.WEB))
    given.corrected(engine, verdict_id, ANN, True)
    assert asked(engine) == []


def test_each_decision_has_the_notice_amended_again(engine: Engine, verdict: int) -> None:
    given.corrected(engine, verdict, ANN, False)
    with transaction(engine) as session:
        session.execute(update(Action).values(state=ActionState.DONE))
    given.corrected(engine, verdict, BOB, False)
    waiting = select(Action.kind).where(Action.state == ActionState.PENDING)
    with reading(engine) as session:
        assert session.scalars(waiting).all() == [ActionKind.AMEND]


def test_a_correction_of_an_unknown_verdict_is_refused(engine: Engine) -> None:
    with pytest.raises(UnknownVerdict, match="there is no verdict 999999"):
        given.corrected(engine, 999_999, ANN, True)


def test_a_shadows_verdict_cannot_be_corrected(engine: Engine, verdict: int) -> None:
    of_the_shadow = given.shadowed(engine, given.in_shadow(engine), 0.1)
    with pytest.raises(UnknownVerdict):
        given.corrected(engine, of_the_shadow, ANN, False)
    assert given.learned(engine) == []
    assert asked(engine) == []


def test_a_correction_is_learnt_once_though_a_shadow_judged_the_message_too(engine: Engine, verdict: int) -> None:
    given.shadowed(engine, given.in_shadow(engine), 0.1)
    given.corrected(engine, verdict, ANN, False)
    assert given.learned(engine) == [("buy now", False)]
