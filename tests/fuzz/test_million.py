"""The short form of `python -m tests.fuzz.million`."""

from __future__ import annotations

from tests.fuzz import million


def test_two_thousand_random_texts_have_scores_or_reasons() -> None:
    counts = million.tried(million.made(), 2_000, seed=123)
    assert sum(counts.values()) == 2_000
    assert counts["scored"] > 1_500
