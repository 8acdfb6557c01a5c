"""Presumed ham in a snapshot: what is learned, what is measured with, and what sleepers may say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest

from storage.learning.presumed import PresumedText
from storage.learning.snapshots import PresumedItem, text_hash
from storage.moderation.corrections import CorrectedText
from tests.training.given_ham import NOW, presumed, words
from training.data import presumed_ham
from training.data.datasets import Example
from training.data.defence_bounds import Defences
from training.data.defences import CROWDED, REPEATED
from training.data.presumed_ham import PresumedExample
from training.data.snapshot import Snapshot, is_held_out, snapshot
from training.errors import SnapshotMismatch

SEED = [
    Example(f"{'win cash' if i % 2 else 'hello'} {chr(97 + i % 26) * 7} {chr(97 + i // 26) * 5}", bool(i % 2))
    for i in range(240)
]
SPAM = "claim the holiday for two that you have won by calling us"
BOUNDS = Defences(corrector_share=1.0)


def nearly(text: str, number: int) -> str:
    """Nearly the same text, other than by digits."""
    return f"{text} {chr(97 + number % 26)}{chr(97 + number // 26)}"


def collect(
    ham: Sequence[PresumedText],
    corrections: Sequence[CorrectedText] = (),
    bounds: Defences | None = BOUNDS,
    champion_learned: Sequence[str] = (),
) -> Snapshot:
    return snapshot(SEED, corrections, NOW, bounds, champion_learned, ham)


def correction(text: str, is_spam: bool, number: int = 1, actor: str = "ann") -> CorrectedText:
    return CorrectedText(number, text, is_spam, actor, NOW, score=0.5, was_flagged=True)


def held_out_correction(text: str, is_spam: bool) -> CorrectedText:
    numbered = (correction(text, is_spam, number) for number in range(1, 1_000))
    return next(one for one in numbered if is_held_out(one, NOW))


LEARNED = next(c for c in (correction(SPAM, True, number) for number in range(1, 99)) if not is_held_out(c, NOW))


def learned(made: Snapshot) -> list[str]:
    return [example.text for example in made.split.train if example.origin == "presumed"]


def left_out(made: Snapshot) -> dict[str, int]:
    counts: dict[str, int] = made.counts["presumed"]["left_out"]
    return counts


def test_it_is_learned_as_ham_that_counts_for_less_than_a_seed_example() -> None:
    made = collect([presumed(1), presumed(2, days=180)])
    examples = [e for e in made.split.train if e.origin == "presumed"]
    assert [(e.text, e.is_spam) for e in examples] == [(words(1), False), (words(2), False)]
    assert [e.weight for e in examples] == pytest.approx([0.5 * 0.5 ** (3 / 180), 0.25])
    assert made.presumed == 2


def test_what_is_held_out_is_never_learned_and_is_no_part_of_the_hold_out_set() -> None:
    made, without = collect([presumed(1), presumed(2, held=True, chat=9)]), collect([])
    assert learned(made) == [words(1)]
    assert made.presumed_held_out == (PresumedExample(words(2), 9),)
    assert (made.split.hold_out, made.split.validation) == (without.split.hold_out, without.split.validation)


def test_the_hash_covers_both_sides_and_without_presumed_ham_is_what_it_was() -> None:
    hashes = {
        collect(ham).hash
        for ham in ([], [presumed(1)], [presumed(1, held=True)], [presumed(1, held=True, chat=2)], [presumed(2)])
    }
    assert len(hashes) == 5
    assert collect([]).hash == snapshot(SEED, [], NOW, BOUNDS).hash
    made = collect([presumed(1, held=True)])
    made.require_unchanged()
    with pytest.raises(SnapshotMismatch):
        replace(made, presumed_held_out=()).require_unchanged()


def test_each_that_is_taken_is_named_with_its_edit_side_and_weight() -> None:
    made = collect([replace(presumed(2, held=True), edit=3), presumed(1, days=0)])
    assert made.presumed_items == (
        PresumedItem(1, 0, False, text_hash(words(1)), 0.5),
        PresumedItem(2, 3, True, text_hash(words(2)), pytest.approx(0.5, abs=0.01)),
    )
    assert made.counts["presumed"] == {"found": 1, "learned": 1, "held_out": 1, "left_out": {}}


# Sleepers


@pytest.mark.parametrize("held", [False, True])
@pytest.mark.parametrize("where", ["correction", "held-out correction", "seed"])
def test_what_is_near_spam_that_is_known_is_on_neither_side(held: bool, where: str) -> None:
    decided = {
        "correction": [correction(SPAM, True)],
        "held-out correction": [held_out_correction(SPAM, True)],
        "seed": [],
    }
    spam = SPAM if where != "seed" else next(e.text for e in SEED if e.is_spam)
    made = collect([presumed(1, f"{spam}!", held=held), presumed(2)], decided[where])
    assert (learned(made), made.presumed_held_out) == ([words(2)], ())
    assert left_out(made) == {presumed_ham.LIKE_SPAM: 1}


def test_a_campaign_of_near_duplicates_is_learned_three_times() -> None:
    made = collect([presumed(i, nearly(SPAM, i), author=i) for i in range(1, 30)])
    assert len(learned(made)) == 3
    assert left_out(made) == {REPEATED: 26}


def test_one_account_says_at_most_twenty_and_at_most_one_persons_share() -> None:
    ham = [presumed(i, author=7 if i % 2 else 1_000 + i) for i in range(1, 101)]
    assert Counter(item.message_id % 2 for item in collect(ham).presumed_items)[1] == 20
    little = collect(ham, bounds=replace(BOUNDS, corrector_share=0.05))
    assert Counter(item.message_id % 2 for item in little.presumed_items)[1] == int(0.05 * len(collect([]).split.train))
    assert left_out(little).keys() == {CROWDED}


def test_what_somebody_corrected_counts_in_their_share() -> None:
    decided = [correction(words(500 + i), True, i, "telegram:7") for i in range(1, 33)]
    bounds = replace(BOUNDS, corrector_share=0.2)
    alone = collect([presumed(i) for i in range(1, 31)], bounds=bounds).presumed
    assert alone == 20
    assert collect([presumed(i) for i in range(1, 31)], decided, bounds).presumed < 10


def test_all_together_are_no_more_than_the_bound() -> None:
    made = collect([presumed(i, author=i) for i in range(1, 40)], bounds=replace(BOUNDS, presumed=25))
    assert made.presumed == 25
    assert left_out(made) == {presumed_ham.ENOUGH: 14}


def test_without_bounds_all_of_it_is_learned() -> None:
    made = collect([presumed(i, nearly(SPAM, i)) for i in range(1, 30)], [LEARNED], bounds=None)
    assert made.presumed == 29


# No leaks


def test_what_is_near_a_text_that_is_measured_with_is_not_learned() -> None:
    decided = held_out_correction(words(7), False)
    made = collect([presumed(1, f"{words(7)}!"), presumed(2)], [decided])
    assert learned(made) == [words(2)]
    assert left_out(made) == {presumed_ham.APART: 1}


def test_what_is_near_a_learned_text_is_not_measured_with() -> None:
    decided = replace(LEARNED, text=words(7), is_spam=False)
    ham = [presumed(1, f"{words(7)}!", held=True), presumed(2), presumed(3, f"{words(2)}!", held=True)]
    made = collect([*ham, presumed(4, held=True)], [decided])
    assert [one.text for one in made.presumed_held_out] == [words(4)]
    assert left_out(made) == {presumed_ham.APART: 2}


def test_of_near_duplicates_one_is_measured_with() -> None:
    made = collect([presumed(i, nearly(words(9), i), held=True) for i in range(1, 6)])
    assert len(made.presumed_held_out) == 1


def test_what_the_champion_learned_is_not_measured_with() -> None:
    made = collect([presumed(1, held=True), presumed(2, held=True)], champion_learned=[text_hash(words(1))])
    assert [one.text for one in made.presumed_held_out] == [words(2)]
    assert left_out(made) == {presumed_ham.LEARNED_BEFORE: 1}


def test_what_other_examples_say_is_not_said_twice() -> None:
    of_seed = next(e for e in collect([]).split.train if not e.is_spam)
    seen = collect([presumed(1, of_seed.text.upper()), presumed(2)])
    assert learned(seen) == [words(2)]
    assert of_seed in seen.split.train
    assert left_out(seen) == {presumed_ham.SAME_AS_EXAMPLE: 1}
