"""What a run sees of its examples."""

from __future__ import annotations

from dataclasses import replace

import pytest

from training.data.datasets import Example
from training.fit import learn, plan
from training.fit.recipe import TrainConfig

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
    kept = plan.sample(mixed, 20, CONFIG)
    assert {e.text for e in SPAM} <= {e.text for e in kept}
    assert len(kept) == 20


def test_of_more_corrections_than_fill_half_a_sample_half_of_it_is_taken() -> None:
    others = [Example(f"another {i}", True) for i in range(200)]
    kept = plan.sample([*(replace(e, origin="correction") for e in HAM), *others], 40, CONFIG)
    assert sum(e.origin == "correction" for e in kept) == pytest.approx(20, abs=3)


def test_where_there_is_little_else_corrections_fill_the_rest() -> None:
    kept = plan.sample([*(replace(e, origin="correction") for e in HAM), *SPAM], 40, CONFIG)
    assert sum(e.origin == "correction" for e in kept) == 30


def test_a_light_seed_text_is_the_first_to_be_left_out() -> None:
    light = [replace(e, weight=0.5) for e in HAM]
    kept = plan.sample([*SPAM, *light], 40, CONFIG)
    assert set(SPAM) <= set(kept)
    assert len(kept) == 40


def test_a_large_seed_set_does_not_crowd_corrections_out_of_an_epoch() -> None:
    corrected = [replace(e, origin="correction", is_spam=False) for e in SPAM]
    many = [Example(f"text {i}", i % 2 == 0) for i in range(5_000)]
    made = plan.planned([*corrected, *many], replace(CONFIG, correction_weight=2.0))
    shown = {made.examples[i].text for i in made.epochs[0]}
    assert {e.text for e in corrected} <= shown
    assert [len(order) for order in made.epochs] == [100, 100]


def test_one_correction_in_five_is_kept_from_the_gpt_and_no_seed_example() -> None:
    texts = [f"text {chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(500)]
    kept = [learn.is_kept_from_gpt(Example(text, True, "correction"), CONFIG) for text in texts]
    assert 60 < sum(kept) < 140
    assert not any(learn.is_kept_from_gpt(Example(text, True, "seed"), CONFIG) for text in texts)


def test_without_epochs_the_pool_is_there_for_the_probe() -> None:
    made = plan.planned([*HAM, *SPAM], replace(CONFIG, epochs=0))
    assert made.epochs == []
    assert set(SPAM) <= set(made.examples)
    assert len(made.examples) == 40
