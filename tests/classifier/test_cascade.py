"""The GPT is not asked about what it could not get flagged, and nothing else changes."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.blend import Blend
from classifier.checkpoint import Checkpoint
from classifier.spam import SpamClassifier
from classifier.thresholds import LOWERED_AT_MOST, Thresholds, log_odds
from storage.models import Standing, Strictness
from storage.moderation.new_verdicts import OwnThresholds, ScoringVersion
from storage.odds import AT_MOST, NEWCOMER_AT_MOST, STRANGE_SCRIPT, Shifts, lowered_at_most
from tests import tiny
from tests.classifier.encoders import tiny_encoder, tiny_head

TEXTS = ["hello", "winner winner", "привет", "x"]
MOST, USUAL = 2.0, -1.5


def version(review: float, most: float | None = MOST) -> Checkpoint:
    blend = Blend(network_share=1.0, encoder_share=1.0, network_most=most, network_usual=USUAL)
    thresholds = Thresholds(review, max(review, 0.999))
    parts = {"encoder": tiny_encoder(), "encoder_head": tiny_head(), "blend": blend, "thresholds": thresholds}
    return replace(tiny.checkpoint(), **parts)


def encoder_alone(text: str) -> float:
    """The encoder's log-odds of the text."""
    alone = replace(version(0.5), blend=Blend(network_share=0.0, encoder_share=1.0))
    return log_odds(SpamClassifier(alone).score([text])[0])


def review_above(text: str, by: float) -> float:
    """A threshold that the text misses by so much, in log-odds, whatever the GPT says and whoever wrote it."""
    return 1 / (1 + math.exp(-(encoder_alone(text) + MOST + LOWERED_AT_MOST + by)))


def test_a_text_that_it_could_not_get_flagged_has_the_score_of_the_other_parts() -> None:
    classifier = SpamClassifier(version(review_above("hello", by=0.1)))
    assert classifier.asks(["hello"]).tolist() == [False]
    assert log_odds(classifier.score(["hello"])[0]) == pytest.approx(encoder_alone("hello") + USUAL, abs=1e-5)


def test_a_text_that_it_could_get_flagged_has_the_score_of_all_parts() -> None:
    loaded = version(review_above("hello", by=-0.1))
    assert SpamClassifier(loaded).asks(["hello"]).tolist() == [True]
    expected = SpamClassifier(loaded, thorough=True).score(["hello"])
    assert SpamClassifier(loaded).score(["hello"]) == pytest.approx(expected, abs=1e-6)


def test_tokens_count_where_they_are_read() -> None:
    spared = SpamClassifier(version(review_above("hello", by=0.1)))
    asked = SpamClassifier(version(review_above("hello", by=-0.1)))
    for classifier in (spared, asked):
        classifier.score(["hello"])
    assert 0 < spared.tokens_read < asked.tokens_read, "the encoder reads each text, the GPT one of them"


@pytest.mark.parametrize("options", [{"thorough": True}, {"dtype": "reference"}])
def test_the_exact_forms_ask_it_about_everything(options: dict[str, str | bool]) -> None:
    loaded = version(review_above("hello", by=5.0))
    asked = SpamClassifier(loaded, **options)  # type: ignore[arg-type]  # one of each type
    assert asked.asks(TEXTS).all()
    assert not SpamClassifier(loaded).asks(["hello"]).any()


def test_it_is_asked_about_everything_where_a_chat_flags_everything() -> None:
    assert SpamClassifier(version(0.0)).asks(TEXTS).all()


def test_batch_mates_do_not_decide_whether_it_is_asked() -> None:
    classifier = SpamClassifier(version(review_above("hello", by=0.1)))
    together = classifier.score(TEXTS)
    assert together == pytest.approx([classifier.score([text])[0] for text in TEXTS], abs=1e-5)


def test_a_chats_own_threshold_counts_too() -> None:
    common = Thresholds(0.9, 0.99, by_chat={"7": Thresholds(0.2, 0.99)})
    assert common.lowest(1.0) == pytest.approx(math.log(0.2 / 0.8) - 1.0)


def test_where_thresholds_are_lowered_less_it_is_asked_less_often() -> None:
    classifier = SpamClassifier(version(review_above("hello", by=-0.5)))
    assert classifier.asks(["hello"]).all()
    assert not classifier.asks(["hello"], LOWERED_AT_MOST - 1.0).any()
    thorough = SpamClassifier(version(review_above("hello", by=-0.5)), thorough=True).score(["hello"])
    assert classifier.score(["hello"]) == pytest.approx(thorough, abs=1e-6)
    assert classifier.try_score(["hello"], LOWERED_AT_MOST - 1.0) != pytest.approx(thorough, abs=1e-6)


MOVES = st.floats(-NEWCOMER_AT_MOST, AT_MOST)


@given(st.dictionaries(st.sampled_from(Standing), MOVES), st.sampled_from(Standing), st.booleans())
def test_no_threshold_lies_below_what_it_is_asked_from(shifts: Shifts, standing: Standing, strange: bool) -> None:
    scoring = ScoringVersion(1, 0.4, 0.9, shifts=shifts, by_chat={7: OwnThresholds(0.3, 0.8)})
    asked_from = Thresholds(0.4, 0.9, by_chat={"7": Thresholds(0.3, 0.8)}).lowest(lowered_at_most(shifts))
    for chat in (7, 8):
        review, _ = scoring.thresholds(chat, Strictness.NORMAL, standing, STRANGE_SCRIPT if strange else 0.0)
        assert log_odds(review) >= asked_from - 1e-9
    assert 0 <= lowered_at_most(shifts) <= LOWERED_AT_MOST


def test_what_is_expected_moves_in_steps_so_that_scores_stay_known() -> None:
    a_little: tuple[Shifts, ...] = ({}, {Standing.NEWCOMER: -0.01}, {Standing.NEWCOMER: -0.4}, {Standing.NEWCOMER: 0.3})
    assert [lowered_at_most(shifts) for shifts in a_little] == [1.0, 1.5, 1.5, 1.0]
