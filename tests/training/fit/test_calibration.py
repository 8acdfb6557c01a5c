"""Scores that mean what they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from training.fit import calibration

LOG_ODDS = st.lists(st.floats(-8, 8), min_size=2, max_size=40)


def sample(temperature: float, shift: float, n: int = 20_000) -> tuple[list[float], list[bool]]:
    """Log-odds that are `temperature` times too sure and `shift` off, and labels drawn from the truth."""
    chooser = np.random.default_rng(0)
    z = chooser.normal(0, 4, n)
    return z.tolist(), (chooser.random(n) < expit((z + shift) / temperature)).tolist()


@pytest.mark.parametrize(("temperature", "shift"), [(1.0, 0.0), (2.0, 1.5), (0.5, -1.0)])
def test_what_was_distorted_is_found_again(temperature: float, shift: float) -> None:
    fitted = calibration.temperature_and_shift(*sample(temperature, shift))
    assert fitted == pytest.approx((temperature, shift), abs=0.1)


def test_examples_told_apart_without_an_error_do_not_make_it_certain() -> None:
    temperature, shift = calibration.temperature_and_shift([-5.0] * 50 + [5.0] * 50, [False] * 50 + [True] * 50)
    assert 0.9 < expit((5.0 + shift) / temperature) < 0.999


@given(LOG_ODDS)
@settings(max_examples=30, deadline=None)
def test_any_log_odds_have_a_calibration_within_its_bounds(log_odds: list[float]) -> None:
    labels = [i % 2 == 0 for i in range(len(log_odds))]
    temperature, shift = calibration.temperature_and_shift(log_odds, labels)
    assert calibration.COOLEST * 0.999 <= temperature <= calibration.WARMEST * 1.001
    assert abs(shift) <= calibration.FURTHEST * 1.001


def test_the_error_is_zero_where_each_bin_keeps_its_word() -> None:
    scores = [0.25] * 4 + [0.75] * 4
    labels = [True, False, False, False, True, True, True, False]
    assert calibration.expected_calibration_error(scores, labels) == pytest.approx(0.0)


def test_the_error_is_the_mean_distance_by_hand() -> None:
    assert calibration.expected_calibration_error([0.9, 0.9, 0.1, 1.0], [True, False, False, True]) == pytest.approx(
        (3 * abs((0.9 + 0.9 + 1.0) / 3 - 2 / 3) + 0.1) / 4
    )
