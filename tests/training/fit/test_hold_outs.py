"""Figures told apart: by where an example comes from, and by how long its text is."""

from __future__ import annotations

import pytest

from classifier.thresholds import Thresholds
from training.data.datasets import Example
from training.data.origins import counted, describe
from training.fit import evaluate
from training.fit.thresholds import Scored

AT = Thresholds(0.5, 0.75)
SMS = [Example("win cash", True), Example("see you", False), Example("later", False)]
STARTER = [Example("free usdt", True, "starter"), Example("who sells a bike", False, "starter")]
CORRECTED = [Example("work from home", True, "correction")]
SCORES = [0.9, 0.6, 0.1, 0.2, 0.3, 0.8]
MEASURED = Scored(SCORES, [e.is_spam for e in (*SMS, *STARTER, *CORRECTED)], [10, 10, 60, 60, 10, 10])


def test_each_origin_has_its_own_figures() -> None:
    figures = evaluate.by_origin(MEASURED, [*SMS, *STARTER, *CORRECTED], AT)
    assert figures["seed"]["confusion"] == {"true_ham": 1, "false_spam": 1, "false_ham": 0, "true_spam": 1}
    assert figures["starter"]["confusion"] == {"true_ham": 1, "false_spam": 0, "false_ham": 1, "true_spam": 0}


def test_an_origin_of_one_class_has_none() -> None:
    assert "correction" not in evaluate.by_origin(MEASURED, [*SMS, *STARTER, *CORRECTED], AT)


def test_an_origin_has_the_figures_that_its_examples_have_alone() -> None:
    alone = Scored(SCORES[:3], [e.is_spam for e in SMS], [10, 10, 60])
    assert evaluate.by_origin(MEASURED, [*SMS, *STARTER, *CORRECTED], AT)["seed"] == evaluate.measure(alone, AT)


def test_the_calibration_error_of_short_texts_is_told_apart() -> None:
    figures = evaluate.measure(MEASURED, AT)["calibration_error_by_length"]
    assert figures["under_50_characters"] == pytest.approx((0.1 + 0.6 + 0.3 + 0.2) / 4)
    assert figures["above"] == pytest.approx((0.1 + 0.8) / 2)


def test_a_length_that_no_text_has_is_not_told() -> None:
    short = Scored([0.9, 0.1], [True, False], [49, 8])
    assert list(evaluate.measure(short, AT)["calibration_error_by_length"]) == ["under_50_characters"]


def test_without_lengths_there_is_nothing_to_tell_apart() -> None:
    assert evaluate.measure(Scored(SCORES, MEASURED.labels), AT)["calibration_error_by_length"] == {}


def test_what_was_learned_from_is_counted_by_where_it_comes_from() -> None:
    counts = counted(example.origin for example in (*STARTER, *SMS))
    assert describe(counts) == "SMS collection 3, starter set 2, corrections 0, presumed ham 0"


def test_a_file_instead_of_the_seed_set_is_told_as_one() -> None:
    assert describe({"file": 1_200, "correction": 4}) == "file 1,200, corrections 4, presumed ham 0"
