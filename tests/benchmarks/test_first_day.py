"""What the first day's figures say of scores."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import first_day
from storage import odds
from storage.models import Standing
from training.data.datasets import Example

TRUTH = np.asarray([True, True, False, False, False, False])
SCORES = np.asarray([0.9, 0.4, 0.6, 0.3, 0.2, 0.1])


def test_what_is_flagged_of_spam_and_of_ham() -> None:
    assert first_day.at(0.5, SCORES, TRUTH) == {"recall": 0.5, "false_positive_rate": 0.25}


def test_a_set_of_spam_alone_says_nothing_of_ham() -> None:
    assert first_day.at(0.5, SCORES[:2], TRUTH[:2]) == {"recall": 0.5}
    assert first_day.ranking(SCORES[:2], TRUTH[:2]) == {}


def test_recall_where_one_ham_in_a_hundred_is_hit() -> None:
    ham = np.linspace(0.0, 0.5, 200)
    figures = first_day.ranking(np.concatenate(([0.499, 0.497, 0.2], ham)), np.arange(203) < 3)
    assert figures["recall_at_fpr_0_01"] == pytest.approx(2 / 3), "two of 200 may be hit, at 0.5 and just below"


def test_a_smaller_part_of_the_starter_set_lies_in_a_larger_and_the_sms_stay() -> None:
    sms = [Example(f"sms {i}", False, "seed") for i in range(50)]
    whole = [*sms, *(Example(f"line {i}", True, "starter") for i in range(400))]
    quarter, half = first_day.part_of(whole, 0.25), first_day.part_of(whole, 0.5)
    assert set(quarter) < set(half) < set(whole)
    assert sum(e.origin == "seed" for e in quarter) == 50
    assert 60 < len(quarter) - 50 < 140


@pytest.mark.parametrize("review", [0.4, 0.8])
def test_a_regulars_threshold_is_the_one_of_the_stated_priors(review: float) -> None:
    good = odds.shifted(review, odds.shifts({})[Standing.GOOD])
    assert first_day.for_regulars(review) == pytest.approx(good, abs=0.003)
