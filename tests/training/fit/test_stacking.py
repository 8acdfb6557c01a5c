"""What each part counts for."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest
from scipy.special import expit

from training.fit import stacking
from training.fit.stacking import Shares

PRIOR = Shares(0.3, 0.1, 1.0, 1.0)
TRUTH = np.asarray([0.6, 0.0, 0.5, 1.5])


def drawn(n: int, seed: int = 0) -> tuple[list[np.ndarray], list[bool]]:
    """Four parts' log-odds and labels drawn from their sum with the shares of TRUTH."""
    chooser = np.random.default_rng(seed)
    log_odds = chooser.normal(0, 2, (n, 4))
    return list(log_odds.T), (chooser.random(n) < expit(log_odds @ TRUTH - 1)).tolist()


def test_many_texts_show_what_each_part_is_worth() -> None:
    log_odds, labels = drawn(20_000)
    assert astuple(stacking.fit(log_odds, labels, [1.0] * len(labels), PRIOR)) == pytest.approx(TRUTH, abs=0.08)


def test_few_texts_leave_the_shares_near_the_recipes() -> None:
    log_odds, labels = drawn(4)
    assert astuple(stacking.fit(log_odds, labels, [1.0] * 4, PRIOR)) == pytest.approx(astuple(PRIOR), rel=0.35)


def test_no_part_counts_against_what_it_says() -> None:
    log_odds, labels = drawn(5_000)
    shares = stacking.fit([-log_odds[0], log_odds[1], -log_odds[2], log_odds[3]], labels, [1.0] * 5_000, PRIOR)
    assert min(astuple(shares)) >= 0.0
    assert shares.ngrams == pytest.approx(0.0, abs=1e-6)


def test_a_part_that_is_not_there_counts_nothing() -> None:
    log_odds, labels = drawn(500)
    assert stacking.fit(log_odds, labels, [1.0] * 500, Shares(0.3, 0.0, 1.0, 0.0)).encoder == 0.0


def test_texts_of_one_class_leave_the_recipes_shares() -> None:
    log_odds, _ = drawn(50)
    assert stacking.fit(log_odds, [False] * 50, [1.0] * 50, PRIOR) == PRIOR


def test_what_weighs_more_has_more_to_say() -> None:
    log_odds, labels = drawn(200)
    wrong = [not label for label in labels]
    both = [np.concatenate((part, part)) for part in log_odds]
    light, heavy = (
        stacking.fit(both, [*labels, *wrong], [1.0] * 200 + [weight] * 200, PRIOR).encoder for weight in (0.1, 0.9)
    )
    assert light > heavy
