"""What a run sees of its examples."""

from __future__ import annotations

from dataclasses import replace

import pytest

from training import learn, plan
from training.datasets import Example
from training.recipe import TrainConfig

CONFIG = TrainConfig(
    ham_per_spam=3.0, correction_weight=10.0, linear_correction_weight=10.0, epochs=2, epoch_examples=100
)
SPAM = [Example(f"spam {i}", True) for i in range(10)]
HAM = [Example(f"ham {i}", False) for i in range(60)]


def test_ham_is_thinned_to_what_the_recipe_allows() -> None:
    weights = plan.thinned([*SPAM, *HAM], CONFIG)
    assert weights[:10] == [1.0] * 10
    assert sum(weights[10:]) == pytest.approx(30)


def test_a_balanced_set_is_not_thinned() -> None:
    assert plan.thinned([*SPAM, *HAM[:10]], CONFIG) == [1.0] * 20


def test_a_correction_counts_for_many() -> None:
    corrected = [replace(SPAM[0], origin="correction"), *SPAM[1:], *HAM]
    made = plan.planned(corrected, CONFIG)
    often = [order.count(made.examples.index(corrected[0])) for order in made.epochs]
    assert often == [10, 10]


def test_an_epoch_is_bounded_and_every_example_drawn_is_known() -> None:
    made = plan.planned([*SPAM, *HAM] * 10, CONFIG)
    assert [len(order) for order in made.epochs] == [100, 100]
    assert {index for order in made.epochs for index in order} == set(range(len(made.examples)))


def test_a_sample_is_everything_where_there_is_room() -> None:
    assert plan.sample(HAM, 60, CONFIG) == HAM


def test_a_sample_keeps_corrections_first_of_all() -> None:
    mixed = [*(replace(e, origin="correction") for e in SPAM), *HAM]
    kept = plan.sample(mixed, 16, CONFIG)
    assert {e.text for e in SPAM} <= {e.text for e in kept}
    assert len(kept) <= 16


@pytest.mark.parametrize(("corrections", "share"), [(0, 4.0), (25, 8.0), (100, 16.0)])
def test_ngrams_count_for_more_the_more_corrections_there_are(corrections: int, share: float) -> None:
    config = TrainConfig(wide_share=4.0, wide_share_grows=0.16, wide_share_at_most=16.0)
    train = [Example(str(i), i % 2 == 0, "correction" if i < corrections else "seed") for i in range(200)]
    assert learn.wide_share(train, config) == share
