"""A repeated text is scored once, by each version anew."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import NothingToJudge, TextError
from worker.recent_scores import RecentScores


class Counting:
    """Scores a text by its length, and remembers what it was given."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def try_score(self, texts: Sequence[str], lowered: float = 0.0) -> list[float | TextError]:
        self.given += texts
        return [NothingToJudge() if not text else 1 / len(text) for text in texts]


def test_a_text_that_was_scored_is_not_scored_again() -> None:
    scorer = Counting()
    recent = RecentScores(scorer)
    assert recent.try_score(["buy", "hi", "buy"]) == [1 / 3, 1 / 2, 1 / 3]
    assert recent.try_score(["buy", "hello"]) == [1 / 3, 1 / 5]
    assert (scorer.given, recent.asked, recent.repeated) == (["buy", "hi", "hello"], 5, 2)


def test_one_changed_letter_or_blank_is_another_text() -> None:
    scorer = Counting()
    RecentScores(scorer).try_score(["buy", "Buy", "buy "])
    assert scorer.given == ["buy", "Buy", "buy "]


def test_a_text_asked_with_another_reach_is_scored_again() -> None:
    scorer = Counting()
    recent = RecentScores(scorer)
    for lowered in (1.0, 1.0, 1.5, 1.0):
        recent.try_score(["buy"], lowered)
    assert scorer.given == ["buy", "buy"]


def test_why_a_text_has_no_score_is_known_too() -> None:
    recent = RecentScores(Counting())
    (first,), (again,) = recent.try_score([""]), recent.try_score([""])
    assert isinstance(first, NothingToJudge)
    assert isinstance(again, NothingToJudge)


def test_only_the_latest_are_known() -> None:
    scorer = Counting()
    recent = RecentScores(scorer, at_most=2)
    for text in ("a", "bb", "a", "ccc", "bb"):
        recent.try_score([text])
    assert scorer.given == ["a", "bb", "ccc", "bb"]


def test_a_failure_leaves_nothing_behind() -> None:
    class Failing(Counting):
        def try_score(self, texts: Sequence[str], lowered: float = 0.0) -> list[float | TextError]:
            super().try_score(texts)
            if len(self.given) == 1:
                raise ArithmeticError("not a number")
            return [0.5 for _ in texts]

    recent = RecentScores(Failing())
    with pytest.raises(ArithmeticError):
        recent.try_score(["x"])
    assert recent.try_score(["x"]) == [0.5]


@given(st.lists(st.lists(st.text(max_size=3), max_size=6), max_size=8), st.integers(1, 4))
def test_the_answers_are_the_scorers(batches: list[list[str]], at_most: int) -> None:
    recent = RecentScores(Counting(), at_most)
    for batch in batches:
        expected = [None if not text else 1 / len(text) for text in batch]
        assert [one if isinstance(one, float) else None for one in recent.try_score(batch)] == expected
