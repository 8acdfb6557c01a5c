"""Which corrections are withheld from the GPT, and how many at most."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from string import ascii_lowercase

from hypothesis import given, settings
from hypothesis import strategies as st

from training.data.datasets import Example
from training.fit.learn import is_kept_from_gpt, withheld_from_gpt
from training.fit.recipe import TrainConfig
from training.fit.thresholds import Scored, joined

CONFIG = TrainConfig()
NAMES = map("".join, product(ascii_lowercase, repeat=2))  # digits make no difference
CORRECTIONS = [Example(f"what {name} wrote", n % 3 == 0, "correction") for n, name in enumerate(NAMES)]


def test_all_that_are_kept_from_the_gpt_are_withheld_where_there_is_room() -> None:
    kept = [example for example in CORRECTIONS if is_kept_from_gpt(example, CONFIG)]
    assert 0.1 < len(kept) / len(CORRECTIONS) < 0.3
    assert withheld_from_gpt([*CORRECTIONS, Example("from the seed set", True, "seed")], CONFIG) == kept


def test_no_more_are_withheld_than_shares_are_chosen_on() -> None:
    config = replace(CONFIG, asked_examples=10)
    withheld = withheld_from_gpt(CORRECTIONS, config)
    assert 0 < len(withheld) <= 10
    assert all(is_kept_from_gpt(example, config) for example in withheld)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.integers(0, 500))), st.integers(1, 7))
@settings(deadline=None)
def test_what_was_scored_in_parts_is_as_if_it_was_scored_together(rows: list[tuple[float, bool, int]], n: int) -> None:
    whole = Scored([r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows])
    indices = range(len(rows))
    assert joined([whole.of(indices[start : start + n]) for start in range(0, len(rows), n)]) == whole
