"""What scores are worth, against slow code and sums by hand."""

from __future__ import annotations

import pytest

from classifier.thresholds import Thresholds
from training.fit import evaluate
from training.fit.thresholds import Scored

BY_HAND = Scored([0.95, 0.8, 0.7, 0.4, 0.3, 0.2, 0.1, 0.05], [True, True, False, True, False, False, False, False])


def test_the_figures_equal_those_by_hand() -> None:
    figures = evaluate.measure(BY_HAND, Thresholds(0.5, 0.75))
    assert figures["confusion"] == {"true_ham": 4, "false_spam": 1, "false_ham": 1, "true_spam": 2}
    assert figures["at_act"] == {"caught": 2, "false_positives": 0}
    assert (figures["examples"], figures["spam"]) == (8, 3)
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
    assert {key: figures[key] for key in expected} == pytest.approx(expected)


def test_a_score_at_the_threshold_is_flagged() -> None:
    figures = evaluate.measure(BY_HAND, Thresholds(0.4, 0.7))
    assert figures["confusion"]["true_spam"] == 3
    assert figures["at_act"] == {"caught": 2, "false_positives": 1}


def test_flagging_nothing_has_figures_too() -> None:
    figures = evaluate.measure(BY_HAND, Thresholds(1.0, 1.0))
    assert (figures["precision"], figures["recall"], figures["f1"], figures["mcc"]) == (0, 0, 0, 0)
