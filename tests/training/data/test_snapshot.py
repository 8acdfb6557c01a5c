"""The snapshot a run learns from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.training.data.given_corrections import NOW, SEED, WORDS, collect, correction
from training.data.datasets import Example, Split
from training.data.defence_bounds import Defences
from training.data.snapshot import hash_of, snapshot
from training.errors import SnapshotMismatch, TooFewExamples

SPLIT = collect(SEED, []).split


def learned(text: str, is_spam: bool) -> Example:
    return Example(text, is_spam, "correction")


@given(st.permutations(SEED))
@settings(max_examples=25, deadline=None)
def test_neither_hash_nor_split_depend_on_the_order(shuffled: list[Example]) -> None:
    made = collect(shuffled, [])
    assert (made.hash, made.split) == (collect(SEED, []).hash, SPLIT)


@pytest.mark.parametrize("side", ["train", "validation", "hold_out"])
@pytest.mark.parametrize(
    "change",
    [
        lambda side: [replace(side[0], text=side[0].text + "!"), *side[1:]],
        lambda side: [replace(side[0], is_spam=not side[0].is_spam), *side[1:]],
        lambda side: [replace(side[0], origin="correction"), *side[1:]],
        lambda side: side[1:],
        lambda side: [*side, side[0]],
        lambda side: [*side, Example("", False)],
    ],
    ids=["text", "label", "origin", "one less", "one twice", "one more"],
)
def test_the_hash_changes_with_any_example(side: str, change: Callable[[list[Example]], list[Example]]) -> None:
    other = replace(SPLIT, **{side: change(getattr(SPLIT, side))})
    assert hash_of(other) != hash_of(SPLIT)


def test_the_hash_changes_with_the_side_of_an_example() -> None:
    moved = Split(SPLIT.train[1:], [*SPLIT.validation, SPLIT.train[0]], SPLIT.hold_out)
    assert hash_of(moved) != hash_of(SPLIT)


def test_a_snapshot_that_was_changed_says_so() -> None:
    made = collect(SEED, [])
    made.require_unchanged()
    made.split.train.pop()
    with pytest.raises(SnapshotMismatch, match=made.hash[:12]):
        made.require_unchanged()


def test_a_lone_surrogate_can_be_hashed() -> None:
    assert len(hash_of(Split([Example("\ud800\n", True)], [], []))) == 64


def test_a_correction_replaces_the_seed_texts_label() -> None:
    wrong = SPLIT.train[0]
    made = collect(SEED, [correction(wrong.text.upper(), not wrong.is_spam)])
    assert made.split.train[0] == learned(wrong.text.upper(), not wrong.is_spam)
    assert (len(made.split.train), made.corrections) == (len(SPLIT.train), 1)


def test_a_correction_of_a_new_text_is_learned_from() -> None:
    new = [f"{word} {word[::-1]} {word.upper()} is new" for word in WORDS[:30]]
    made = collect(SEED, [correction(text, True) for text in new])
    assert made.split.train == [*SPLIT.train, *(learned(text, True) for text in new)]
    assert (made.split.validation, made.split.hold_out) == (SPLIT.validation, SPLIT.hold_out)


@pytest.mark.parametrize("side", ["validation", "hold_out"])
def test_a_correction_of_a_text_held_out_is_left_out(side: str) -> None:
    held = getattr(SPLIT, side)[0]
    made = collect(SEED, [correction(f" {held.text.upper()}", not held.is_spam)])
    assert (made.split, made.corrections) == (SPLIT, 0)


def test_of_two_corrections_of_one_text_the_last_is_learned() -> None:
    made = collect(SEED, [correction("new text", True), correction("New  text", True)])
    assert made.split.train == [*SPLIT.train, learned("New  text", True)]


def test_each_example_keeps_its_origin() -> None:
    made = collect([replace(example, origin="file") for example in SEED], [correction("new text", True)])
    assert {example.origin for example in made.split.train} == {"file", "correction"}
    assert {example.origin for example in made.split.hold_out} == {"file"}


def test_a_seed_set_of_one_class_is_refused() -> None:
    with pytest.raises(TooFewExamples, match="0 spam"):
        collect([replace(example, is_spam=False) for example in SEED], [correction("new text", True)])


def test_an_older_correction_weighs_less_and_the_hash_says_so() -> None:
    decided = correction("new text", True)
    fast, slow = (snapshot(SEED, [decided], NOW, Defences(half_life_days=days)) for days in (60.0, 120.0))
    assert fast.split.train[-1].weight == pytest.approx(0.5)
    assert slow.split.train[-1].weight == pytest.approx(0.5**0.5)
    assert fast.hash != slow.hash


def test_every_correction_that_is_taken_is_named_with_its_side_and_its_texts_hash() -> None:
    decided = correction("new text", True)
    item = collect(SEED, [decided]).items[0]
    assert (item.correction_id, item.is_held_out, item.is_spam) == (decided.correction_id, False, True)
    assert item.text_hash == hashlib.sha256(b"new text").hexdigest()
