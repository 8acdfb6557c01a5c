"""Confidence intervals of shares."""

from __future__ import annotations

import pytest

from storage.intervals import wilson


@pytest.mark.parametrize(
    ("hits", "n", "bounds"), [(81, 263, (0.2553, 0.3662)), (0, 10, (0.0, 0.2775)), (10, 10, (0.7225, 1.0))]
)
def test_the_interval_of_a_share(hits: int, n: int, bounds: tuple[float, float]) -> None:
    share = wilson(hits, n)
    assert share is not None
    assert (share.low, share.high) == pytest.approx(bounds, abs=1e-4)
    assert (share.value, share.n) == (hits / n, n)


def test_of_nothing_there_is_no_share() -> None:
    assert wilson(0, 0) is None
