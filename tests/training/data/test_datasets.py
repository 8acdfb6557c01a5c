"""Repeats and splits."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.data.datasets import (
    COMPARED_AT_MOST,
    Example,
    Split,
    gist,
    read_course,
    read_sms,
    require_both_classes,
    split_by_text,
    without_repeats,
)
from training.errors import TooFewExamples

EXAMPLES = st.lists(st.builds(Example, st.text(st.characters(exclude_categories=()), max_size=12), st.booleans()))
GISTED = st.lists(st.builds(Example, st.text("aA1 2\t", min_size=1, max_size=5), st.booleans()))


def test_the_collection_keeps_its_quotes(tmp_path: Path) -> None:
    path = tmp_path / "sms"
    path.write_text('ham\t"quoted\nspam\twin " now\tor never\n')
    assert read_sms(path) == [Example('"quoted', False), Example('win " now\tor never', True)]


def test_the_course_split_is_balanced_and_the_same_each_time(tmp_path: Path) -> None:
    rows = [f"{'spam' if i % 4 == 0 else 'ham'}\tmessage {i}" for i in range(80)]
    path = tmp_path / "sms"
    path.write_text("\n".join(rows) + "\n")
    split = read_course(path)
    everything = [*split.train, *split.validation, *split.hold_out]
    assert [len(side) for side in (split.train, split.validation, split.hold_out)] == [28, 4, 8]
    assert sum(example.is_spam for example in everything) == len(set(everything)) / 2 == 20
    assert read_course(path) == split


@pytest.mark.parametrize(
    ("one", "other"), [("WIN  now", " win\tNow "), ("call 0800", "call 1234"), ("ﬁne", "FINE"), ("a\nb", "A B")]
)
def test_case_space_digits_and_form_make_no_other_gist(one: str, other: str) -> None:
    assert gist(one) == gist(other)


def test_other_words_are_another_gist() -> None:
    assert gist("win now") != gist("win later")


def test_of_repeats_the_last_label_and_the_first_place_count() -> None:
    examples = [Example("Win 1", False), Example("hi", False), Example("win 2", True)]
    assert without_repeats(examples) == [Example("win 2", True), Example("hi", False)]


@given(GISTED)
@settings(max_examples=50, deadline=None)
def test_no_gist_is_left_twice_and_none_is_lost(examples: list[Example]) -> None:
    left = [gist(example.text) for example in without_repeats(examples)]
    assert len(left) == len(set(left))
    assert set(left) == {gist(example.text) for example in examples}


@given(st.permutations(range(40)), st.integers(1, 40))
@settings(max_examples=30, deadline=None)
def test_a_split_is_stable_when_other_texts_are_added(order: list[int], before: int) -> None:
    texts = [Example(hashlib.sha256(str(i).encode()).hexdigest(), False) for i in order]  # none is like another
    small, large = split_by_text(texts[:before]), split_by_text(texts)
    assert large.train[: len(small.train)] == small.train
    assert large.validation[: len(small.validation)] == small.validation
    assert large.hold_out[: len(small.hold_out)] == small.hold_out


def sides_of(texts: list[str], compared_at_most: int = COMPARED_AT_MOST) -> set[int]:
    """How many sides the texts stand on, each beside twenty others."""
    others = [f"{i} {chr(97 + i) * 30}" for i in range(20)]
    split = split_by_text([Example(text, True) for text in (*texts, *others)], compared_at_most=compared_at_most)
    sides = (split.train, split.validation, split.hold_out)
    return {number for number, side in enumerate(sides) if {example.text for example in side} & set(texts)}


@pytest.mark.parametrize("campaign", [f"call {name} now to claim the prize that you have won" for name in "abcdefgh"])
def test_near_duplicates_stand_on_one_side(campaign: str) -> None:
    assert len(sides_of([f"{campaign}{end}" for end in ("", "!", "!!", " ok", " x1", " now", " or", " so")])) == 1


def test_in_a_set_too_large_to_compare_only_repeats_are_kept_together() -> None:
    claims = [f"call now to claim the very large prize that you have won today, {word}" for word in ("ok", "so", "go")]
    assert len(sides_of(claims, compared_at_most=10)) > 1
    assert len(sides_of([claims[0], claims[0].upper()], compared_at_most=10)) == 1


@given(GISTED)
@settings(max_examples=50, deadline=None)
def test_no_gist_is_on_two_sides(examples: list[Example]) -> None:
    split = split_by_text(examples)
    sides = [{gist(example.text) for example in side} for side in (split.train, split.validation, split.hold_out)]
    assert sum(len(side) for side in sides) == len(set.union(*sides))
    assert len(split.train) + len(split.validation) + len(split.hold_out) == len(examples)


def test_a_split_is_about_seventy_ten_and_twenty_percent() -> None:
    words = (f"{a}{b}{c}" for a in "abcdefghij" for b in "klmnopqrst" for c in "uvwxyzäöüß")
    split = split_by_text([Example(word, False) for word in words])
    shares = [len(side) / 1_000 for side in (split.train, split.validation, split.hold_out)]
    assert shares == pytest.approx([0.7, 0.1, 0.2], abs=0.05)


@pytest.mark.parametrize("side", ["training", "validation", "hold-out"])
@pytest.mark.parametrize("left", [[], [Example("a", True)], [Example("a", False)]], ids=["none", "spam", "ham"])
def test_a_side_without_both_classes_is_refused_by_name(side: str, left: list[Example]) -> None:
    both = [Example("a", True), Example("b", False)]
    sides = [left if name == side else both for name in ("training", "validation", "hold-out")]
    with pytest.raises(TooFewExamples, match=f"the {side} split has"):
        require_both_classes(Split(*sides))


def test_a_split_with_both_classes_everywhere_is_the_same_split() -> None:
    both = [Example("a", True), Example("b", False)]
    split = Split(both, both, both)
    assert require_both_classes(split) is split
