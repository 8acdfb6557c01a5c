"""Which corrections a snapshot measures with, and which it learns from."""

from __future__ import annotations

import hashlib
import itertools
from datetime import timedelta

import pytest

from tests.training.data.given_corrections import BOUNDS, NOW, SEED, WORDS, collect, correction
from training.data.datasets import Example
from training.data.snapshot import is_held_out, snapshot


def test_one_in_five_of_this_eras_corrections_is_measured_with_and_never_learned_from() -> None:
    new = [correction(f"{word} {word[::-1]} {word.upper()} is new", True, made_at=NOW) for word in WORDS]
    made = collect(SEED, new)
    held = [c for c in new if is_held_out(c, NOW)]
    assert len(WORDS) / 10 < len(held) < len(WORDS) / 3
    assert {c.text for c in held} == {e.text for e in made.split.hold_out if e.origin == "correction"}
    assert not {c.text for c in held} & {e.text for e in made.split.train}


def test_what_an_era_held_out_is_measured_with_in_the_next_and_learned_from_after_that() -> None:
    new = [correction(f"{word} {word[::-1]} {word.upper()} is new", True, made_at=NOW) for word in WORDS]
    now, next_era, later = (snapshot(SEED, new, NOW + timedelta(days=days), BOUNDS) for days in (0, 28, 56))
    assert next_era.counts["held_out"] == now.counts["held_out"] > 0
    assert (later.counts["held_out"], later.corrections) == (0, len(WORDS))


def test_what_the_champion_has_learned_is_never_measured_with_though_it_be_decided_anew() -> None:
    decided = next(c for c in iter(lambda: correction("a new text", True, made_at=NOW), None) if is_held_out(c, NOW))
    learned_before = {hashlib.sha256(b"a new text").hexdigest()}
    made = snapshot(SEED, [decided], NOW, BOUNDS, learned_before)
    assert (made.corrections, made.counts["held_out"]) == (1, 0)
    assert snapshot(SEED, [decided], NOW, BOUNDS).counts["held_out"] == 1


def test_near_duplicates_stand_on_one_side() -> None:
    held = next(
        c
        for c in iter(lambda: correction("win a holiday for two by calling 0800", True, made_at=NOW), None)
        if is_held_out(c, NOW)
    )
    like_it = next(
        c
        for c in iter(lambda: correction("win a holiday for two by calling 0901!", True, made_at=NOW), None)
        if not is_held_out(c, NOW)
    )
    assert collect(SEED, [held]).counts["held_out"] == 1
    both = collect(SEED, [held, like_it])
    assert (both.counts["held_out"], both.corrections) == (0, 1)


def campaign(number: int) -> Example:
    """A seed text that is like none of the others."""
    return Example(f"call {WORDS[number]} now, {WORDS[-number]} has won a prize of {WORDS[number] * 2}", True)


CAMPAIGNS = [campaign(number) for number in range(1, 40)]
WITH_CAMPAIGNS = collect([*SEED, *CAMPAIGNS], []).split


@pytest.mark.parametrize("side", ["validation", "hold_out"])
def test_a_correction_near_a_seed_text_that_is_measured_with_is_left_out(side: str) -> None:
    measured = next(e for e in getattr(WITH_CAMPAIGNS, side) if e in CAMPAIGNS)
    made = collect([*SEED, *CAMPAIGNS], [correction(measured.text + "!", False)])
    assert (made.corrections, made.counts["held_out"]) == (0, 0)


def test_a_correction_near_a_learned_seed_text_is_never_measured_with() -> None:
    learned_from = next(e for e in WITH_CAMPAIGNS.train if e in CAMPAIGNS)
    alike = (correction(f"{learned_from.text}{'!' * i}", False, made_at=NOW) for i in itertools.count(1))
    decided = list(itertools.islice(alike, 11))
    while not any(is_held_out(c, NOW) for c in decided):  # which ones are depends on their numbers
        decided.append(next(alike))
    assert any(is_held_out(c, NOW) for c in decided)
    assert collect([*SEED, *CAMPAIGNS], decided).counts["held_out"] == 0
