"""What scores are worth, against slow code and sums by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.checkpoint import Thresholds
from training import evaluate
from training.evaluate import AS_GOOD_F1, Scored

SCORES = st.floats(0, 1, exclude_max=True, width=32)  # what a softmax in fp32 gives, short of certainty
BY_HAND = Scored([0.95, 0.8, 0.7, 0.4, 0.3, 0.2, 0.1, 0.05], [True, True, False, True, False, False, False, False])


@st.composite
def scored(draw: st.DrawFn) -> Scored:
    """Scores of at least one spam and one ham."""
    ham, spam = draw(st.lists(SCORES, min_size=1)), draw(st.lists(SCORES, min_size=1))
    return Scored([*ham, *spam], [False] * len(ham) + [True] * len(spam))


def f1(found: Scored, threshold: float) -> float:
    hits = sum(s >= threshold and label for s, label in zip(found.scores, found.labels, strict=True))
    flagged = sum(s >= threshold for s in found.scores)
    return 2 * hits / (flagged + sum(found.labels))


@given(scored())
@settings(max_examples=50, deadline=None)
def test_thresholds_are_in_order(found: Scored) -> None:
    chosen = evaluate.choose_thresholds(found)
    assert 0 <= chosen.review <= chosen.act <= 1


@given(scored())
@settings(max_examples=50, deadline=None)
def test_no_cut_is_much_better_than_the_review_threshold(found: Scored) -> None:
    chosen = evaluate.choose_thresholds(found)
    best = max(f1(found, score) for score in found.scores)
    assert f1(found, chosen.review) >= best - AS_GOOD_F1 - 1e-9


@given(scored())
@settings(max_examples=50, deadline=None)
def test_acting_hits_no_ham_of_a_small_set(found: Scored) -> None:
    chosen = evaluate.choose_thresholds(found)
    assert not any(s >= chosen.act for s, label in zip(found.scores, found.labels, strict=True) if not label)


@pytest.mark.parametrize(("ham", "allowed"), [(999, 0), (1_000, 1), (1_999, 1), (2_500, 2)])
def test_acting_hits_at_most_a_thousandth_of_the_ham(ham: int, allowed: int) -> None:
    scores = [0.98 - i / (2 * ham) for i in range(ham)]
    chosen = evaluate.choose_thresholds(Scored([*scores, 0.999], [False] * ham + [True]))
    assert sum(score >= chosen.act for score in scores) <= allowed


def test_thresholds_lie_between_the_scores_they_separate() -> None:
    chosen = evaluate.choose_thresholds(Scored([0.1, 0.2, 0.8, 0.9], [False, False, True, True]))
    assert (chosen.review, chosen.act) == pytest.approx((0.5, 0.6))


def test_of_cuts_as_good_the_one_nearest_a_half_is_taken() -> None:
    scores = [*([0.001] * 200), 0.01, *([0.02] * 100), *([0.98] * 100)]
    labels = [False] * 200 + [True] + [False] * 100 + [True] * 100
    assert evaluate.choose_thresholds(Scored(scores, labels)).review == pytest.approx(0.5)


def test_the_figures_equal_those_by_hand() -> None:
    found = evaluate.measure(BY_HAND, Thresholds(0.5, 0.75))
    assert found["confusion"] == {"true_ham": 4, "false_spam": 1, "false_ham": 1, "true_spam": 2}
    assert found["at_act"] == {"caught": 2, "false_positives": 0}
    assert (found["examples"], found["spam"]) == (8, 3)
    expected = {
        "accuracy": 6 / 8,
        "balanced_accuracy": (2 / 3 + 4 / 5) / 2,
        "precision": 2 / 3,
        "recall": 2 / 3,
        "f1": 2 / 3,
        "mcc": (2 * 4 - 1 * 1) / (3 * 3 * 5 * 5) ** 0.5,
        "average_precision": (1 / 1 + 2 / 2 + 3 / 4) / 3,
        "roc_auc": 14 / 15,
    }
    assert {key: found[key] for key in expected} == pytest.approx(expected)


def test_a_score_at_the_threshold_is_flagged() -> None:
    found = evaluate.measure(BY_HAND, Thresholds(0.4, 0.7))
    assert found["confusion"]["true_spam"] == 3
    assert found["at_act"] == {"caught": 2, "false_positives": 1}


def test_flagging_nothing_has_figures_too() -> None:
    found = evaluate.measure(BY_HAND, Thresholds(1.0, 1.0))
    assert (found["precision"], found["recall"], found["f1"], found["mcc"]) == (0, 0, 0, 0)
