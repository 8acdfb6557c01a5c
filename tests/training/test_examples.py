"""The snapshot a run learns from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.datasets import Example, Split
from training.errors import SnapshotMismatch, TooFewExamples
from training.examples import hash_of, snapshot

WORDS = [f"{a}{b}" for a in "abcdefghijk" for b in "lmnopqrst"]
SEED = [Example(word, i % 2 == 0) for i, word in enumerate(WORDS)]
SPLIT = snapshot(SEED, []).split


def correction(text: str, is_spam: bool) -> Example:
    return Example(text, is_spam, "correction")


@given(st.permutations(SEED))
@settings(max_examples=25, deadline=None)
def test_the_hash_does_not_depend_on_the_order(shuffled: list[Example]) -> None:
    assert snapshot(shuffled, []).hash == snapshot(SEED, []).hash


@pytest.mark.parametrize("side", ["train", "validation", "hold_out"])
@pytest.mark.parametrize(
    "change",
    [
        lambda side: [replace(side[0], text=side[0].text + "!"), *side[1:]],
        lambda side: [replace(side[0], is_spam=not side[0].is_spam), *side[1:]],
        lambda side: side[1:],
        lambda side: [*side, side[0]],
        lambda side: [*side, Example("", False)],
    ],
    ids=["text", "label", "one less", "one twice", "one more"],
)
def test_the_hash_changes_with_any_example(side: str, change: Callable[[list[Example]], list[Example]]) -> None:
    other = replace(SPLIT, **{side: change(getattr(SPLIT, side))})
    assert hash_of(other) != hash_of(SPLIT)


def test_the_hash_changes_with_the_side_of_an_example() -> None:
    moved = Split(SPLIT.train[1:], [*SPLIT.validation, SPLIT.train[0]], SPLIT.hold_out)
    assert hash_of(moved) != hash_of(SPLIT)


def test_a_snapshot_that_was_changed_says_so() -> None:
    seen = snapshot(SEED, [])
    seen.require_unchanged()
    seen.split.train.pop()
    with pytest.raises(SnapshotMismatch, match=seen.hash[:12]):
        seen.require_unchanged()


def test_a_lone_surrogate_can_be_hashed() -> None:
    assert len(hash_of(Split([Example("\ud800\n", True)], [], []))) == 64


def test_a_correction_replaces_the_seed_texts_label() -> None:
    wrong = SPLIT.train[0]
    made = snapshot(SEED, [correction(wrong.text.upper(), not wrong.is_spam)])
    assert made.split.train[0] == correction(wrong.text.upper(), not wrong.is_spam)
    assert (len(made.split.train), made.corrections) == (len(SPLIT.train), 1)


def test_a_correction_of_a_new_text_is_learned_from() -> None:
    new = [correction(f"new text {word}", True) for word in WORDS[:30]]
    made = snapshot(SEED, new)
    assert made.split.train == [*SPLIT.train, *new]
    assert (made.split.validation, made.split.hold_out) == (SPLIT.validation, SPLIT.hold_out)


@pytest.mark.parametrize("side", ["validation", "hold_out"])
def test_a_correction_of_a_text_held_out_is_left_out(side: str) -> None:
    held = getattr(SPLIT, side)[0]
    made = snapshot(SEED, [correction(f" {held.text.upper()}", not held.is_spam)])
    assert (made.split, made.corrections) == (SPLIT, 0)


def test_the_last_of_two_corrections_counts() -> None:
    made = snapshot(SEED, [correction("new text", True), correction("New  text", False)])
    assert made.split.train == [*SPLIT.train, correction("New  text", False)]


def test_each_example_keeps_its_origin() -> None:
    made = snapshot([replace(example, origin="file") for example in SEED], [correction("new text", True)])
    assert {example.origin for example in made.split.train} == {"file", "correction"}
    assert {example.origin for example in made.split.hold_out} == {"file"}


def test_a_seed_set_of_one_class_is_refused() -> None:
    with pytest.raises(TooFewExamples, match="0 spam"):
        snapshot([replace(example, is_spam=False) for example in SEED], [correction("new text", True)])
