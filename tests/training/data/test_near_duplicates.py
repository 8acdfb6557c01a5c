"""Near-duplicates stay on one side: against a slow, plain reading of the definition."""

from __future__ import annotations

import re
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from training.data import near_duplicates

TEXTS = st.lists(st.text("ab1 ", max_size=14), min_size=1, max_size=12)


def shingles(text: str) -> set[str]:
    plain = re.sub(r"\d", "0", text.lower()).ljust(5, "\0")
    return {plain[i : i + 5] for i in range(len(plain) - 4)}


def slowly(texts: list[str]) -> list[int]:
    group = list(range(len(texts)))
    for i, j in combinations(range(len(texts)), 2):
        one, other = shingles(texts[i]), shingles(texts[j])
        if len(one & other) >= 0.8 * len(one | other):
            low, high = sorted((group[i], group[j]))
            group = [low if g == high else g for g in group]
    return group


@given(TEXTS)
@settings(max_examples=60, deadline=None)
def test_groups_are_those_of_the_definition(texts: list[str]) -> None:
    groups, expected = near_duplicates.groups(texts), slowly(texts)
    pairs = list(combinations(range(len(texts)), 2))
    assert [groups[i] == groups[j] for i, j in pairs] == [expected[i] == expected[j] for i, j in pairs]


@given(TEXTS, TEXTS)
@settings(max_examples=60, deadline=None)
def test_near_is_what_the_definition_says(texts: list[str], others: list[str]) -> None:
    expected = [
        any(len(shingles(a) & shingles(b)) >= 0.8 * len(shingles(a) | shingles(b)) for b in others) for a in texts
    ]
    assert near_duplicates.near(texts, others).tolist() == expected


def test_near_nothing_is_nothing() -> None:
    assert near_duplicates.near(["a text"], []).tolist() == [False]
    assert near_duplicates.near([], ["a text"]).tolist() == []


def test_other_numbers_make_no_other_text() -> None:
    texts = ["Call 0800 123 now to claim", "CALL 0900 456 now to claim", "see you at home tonight"]
    one, other, third = near_duplicates.groups(texts)
    assert one == other != third


def test_rows_are_compared_across_chunks() -> None:
    texts = ["the very same text", *(f"{i} filler {'x' * (i % 7)} {i * i}" for i in range(1_100)), "the very same text"]
    groups = near_duplicates.groups(texts)
    assert groups[0] == groups[-1]
