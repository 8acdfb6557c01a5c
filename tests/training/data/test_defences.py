"""What may be learned from: nobody, and no campaign, says more than its share."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from storage.moderation.corrections import CorrectedText
from training.data import defences
from training.data.defence_bounds import Defences
from training.data.defences import Chosen

NOW = datetime(2026, 1, 20, 12, tzinfo=UTC)
NUMBERS = itertools.count(1)
BOUNDS = Defences(corrector_share=0.2, per_group=3, known_score=0.95, half_life_days=100)
WORDS = ["".join(letters) for letters in itertools.permutations("abcdefgh", 4)]


def decided(text: str, is_spam: bool = True, actor: str = "ann", score: float = 0.5, days: float = 0) -> CorrectedText:
    return CorrectedText(next(NUMBERS), text, is_spam, actor, NOW - timedelta(days=days), score, was_flagged=True)


def chosen(corrections: Sequence[CorrectedText], seed: int = 1_000) -> Chosen:
    return defences.chosen(corrections, seed, NOW, BOUNDS)


def test_without_bounds_all_are_taken_at_full_weight() -> None:
    taken = defences.chosen([decided("a"), decided("a", False), decided("b", days=999)], 0, NOW, None)
    assert (len(taken.corrections), set(taken.weights)) == (3, {1.0})


def test_two_who_contradict_each_other_about_one_text_teach_nothing() -> None:
    taken = chosen([decided("buy my watch now"), decided("Buy my watch now", False, "bob"), decided("another thing")])
    assert [c.text for c in taken.corrections] == ["another thing"]
    assert taken.reasons == {defences.CONFLICTING: 2}


def test_one_who_contradicts_two_is_left_out() -> None:
    spam = [decided("buy my watch now", actor=who) for who in ("ann", "bob")]
    taken = chosen([*spam, decided("buy my watch now", False, "eve")])
    assert sorted(c.actor for c in taken.corrections) == ["ann", "bob"]


def test_of_a_flood_of_near_duplicates_the_newest_three_are_taken() -> None:
    flood = [decided(f"call 0800 {i:04d} to win a holiday for two", days=i) for i in range(50)]
    taken = chosen(flood)
    assert taken.corrections == flood[:3]
    assert taken.reasons == {defences.REPEATED: 47}


def test_one_person_says_at_most_their_share() -> None:
    mine = [decided(f"{word} {word[::-1]} {word.upper()}", days=i) for i, word in enumerate(WORDS[:100])]
    taken = chosen([*mine, *(decided(f"{w} is {w[::-1]}", actor="bob") for w in WORDS[100:110])], seed=90)
    assert sum(c.actor == "ann" for c in taken.corrections) == 25  # a fifth of 90 + 10 + 25
    assert sum(c.actor == "bob" for c in taken.corrections) == 10
    assert [c for c in taken.corrections if c.actor == "ann"] == mine[:25]
    assert taken.reasons == {defences.CROWDED: 75}


@pytest.mark.parametrize("people", [1, 2, 3, 7])
@pytest.mark.parametrize("seed", [0, 5, 60])
def test_however_much_people_say_nobody_has_more_than_their_share_of_what_is_learned(people: int, seed: int) -> None:
    everything = [
        decided(f"{word} {word[::-1]} {word.upper()}", actor=f"moderator {i % people}")
        for i, word in enumerate(WORDS[:120])
    ]
    taken = chosen(everything, seed)
    most = max(Counter(c.actor for c in taken.corrections).values())
    assert most <= max(1, 0.2 * (seed + len(taken.corrections)))


def test_a_correction_of_who_is_cut_short_takes_no_near_duplicates_place() -> None:
    """Nor can a flood of one's own crowd out what another said of the same campaign."""
    honest = [decided("send 0001 to win a holiday for two", actor="bob", days=2)]
    flood = [decided(f"send {i:04d} to win a holiday for two", actor="mallory") for i in range(10, 20)]
    others = [
        decided(f"{word} {word[::-1]} {word.upper()}", actor=f"moderator {i % 9}") for i, word in enumerate(WORDS[:9])
    ]
    taken = chosen([*honest, *flood, *others], seed=0)
    assert Counter(c.actor for c in taken.corrections)["mallory"] == 2
    assert honest[0] in taken.corrections


@pytest.mark.parametrize(("is_spam", "score"), [(True, 0.96), (False, 0.02)])
def test_what_is_judged_right_beyond_doubt_is_learned_once(is_spam: bool, score: float) -> None:
    taken = chosen([decided(f"send {i:04d} to win a holiday for two", is_spam, score=score) for i in range(3)])
    assert (len(taken.corrections), taken.reasons) == (1, {defences.LEARNED: 2})


def test_what_is_judged_wrong_is_learned_again() -> None:
    assert (
        len(chosen([decided(f"send {i:04d} to win a holiday for two", score=0.02) for i in range(3)]).corrections) == 3
    )


@pytest.mark.parametrize(("days", "weight"), [(0, 1.0), (100, 0.5), (200, 0.25), (10_000, 0.1), (-5, 1.0)])
def test_a_correction_loses_half_its_weight_in_a_half_life(days: float, weight: float) -> None:
    assert chosen([decided("a text", days=days)]).weights == [pytest.approx(weight)]


def test_nothing_said_is_nothing_chosen() -> None:
    assert chosen([]) == Chosen()
