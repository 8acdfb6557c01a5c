"""What the figures of strange scripts count."""

from __future__ import annotations

import math

import pytest

from benchmarks import scripts
from training.data.datasets import Example

RUSSIAN, ENGLISH = "кто продаёт велосипед?", "who is selling a bike?"


def examples(text: str, is_spam: bool, count: int) -> list[Example]:
    return [Example(text, is_spam, "file")] * count


def test_the_first_half_of_the_ham_tells_and_the_other_half_and_the_spam_are_counted() -> None:
    chat = [*examples(ENGLISH, False, 399), *examples(RUSSIAN, False, 1), *examples(RUSSIAN, True, 3)]
    counts = scripts.strange([*chat, *examples("ok", True, 5)], 0.02)
    assert counts == {"spam": 3, "spam_strange": 3, "ham": 200, "ham_strange": 1}
    assert scripts.log_odds(counts or {}) == pytest.approx(math.log((3.5 / 4) / (1.5 / 201)))


def test_a_set_with_little_ham_or_without_spam_says_nothing() -> None:
    assert scripts.strange(examples(ENGLISH, False, 500), 0.02) is None
    assert scripts.strange([*examples(ENGLISH, False, 100), *examples(RUSSIAN, True, 3)], 0.02) is None
