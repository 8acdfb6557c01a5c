"""Fine-tuning: the head learns, the trunk does not, and a seed says everything."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from classifier.gpt.model import Head
from tests import tiny
from training.fit import finetune
from training.fit.features import Reader
from training.fit.finetune import PART_POSITIONS, Progress
from training.fit.recipe import TrainConfig
from training.fit.sampling import draw

CONFIG = TrainConfig(
    base_model="tiny", frozen_blocks=2, trained_blocks=1, epochs=6, batch_size=4, learning_rate=3e-3, products="fp32"
)
BASE = tiny.base_model()
TEXTS = [text for word in "abcdefghij" for text in (f"win £££ now {word}", f"see you at home, {word * 2}")]
LABELS = [text.startswith("win") for text in TEXTS]
READER = Reader(BASE, CONFIG.frozen_blocks, torch.float32, cache=None)
FEATURES = READER.read(TEXTS)


def fitted(config: TrainConfig = CONFIG, part_positions: int = PART_POSITIONS) -> tuple[Head, list[Progress]]:
    head = finetune.new_head(BASE, config)
    return head, list(finetune.fit(head, FEATURES, LABELS, epochs(config), config, part_positions))


def epochs(config: TrainConfig) -> list[list[int]]:
    return [
        draw([str(i) for i in range(len(LABELS))], [1.0] * len(LABELS), 100, f"{config.seed}/{n}")
        for n in range(config.epochs)
    ]


def weights(head: Head) -> list[Tensor]:
    return list(head.state_dict().values())


def same(one: list[Tensor], other: list[Tensor]) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("products", ["fp32", "bf16"])
def test_a_small_head_learns_twenty_texts_by_heart(products: str) -> None:
    head, steps = fitted(replace(CONFIG, products=products, epochs=12))
    assert [log_odds >= 0 for log_odds in finetune.log_odds(head, FEATURES)] == LABELS
    assert steps[-1].loss < 0.2 < steps[0].loss


@pytest.mark.parametrize("products", ["fp32", "bf16"])
def test_the_same_seed_gives_the_same_bits(products: str) -> None:
    config = replace(CONFIG, products=products, epochs=2)
    assert same(weights(fitted(config)[0]), weights(fitted(config)[0]))


def test_another_seed_gives_other_weights() -> None:
    config = replace(CONFIG, epochs=1)
    assert not same(weights(fitted(config)[0]), weights(fitted(replace(config, seed=1))[0]))


def test_the_trunk_and_the_base_model_stay_as_they_were() -> None:
    before, trunk = tiny.base_model().weights, [value.clone() for value in READER.trunk.state_dict().values()]
    fitted()
    assert all(torch.equal(BASE.weights[key], before[key]) for key in before)
    assert same(trunk, list(READER.trunk.state_dict().values()))


def test_every_weight_of_the_head_learns() -> None:
    before, after = finetune.new_head(BASE, CONFIG).state_dict(), fitted()[0].state_dict()
    assert [key for key in before if torch.equal(before[key], after[key])] == []


def test_a_new_head_starts_from_the_blocks_after_the_trunk() -> None:
    head = finetune.new_head(BASE, CONFIG).state_dict()
    assert torch.equal(head["blocks.0.attention.qkv.weight"], BASE.weights["trunk.blocks.2.attention.qkv.weight"])
    assert torch.equal(head["norm.weight"], BASE.weights["norm.weight"])


@pytest.mark.parametrize("size", [4, 7, 20, 50])
def test_each_epoch_sees_each_example_once(size: int) -> None:
    _, steps = fitted(replace(CONFIG, epochs=3, batch_size=size))
    n_steps = 3 * -(-20 // size)
    assert [progress.step for progress in steps] == list(range(1, n_steps + 1))
    assert {progress.steps for progress in steps} == {n_steps}
    assert [max(p.examples_seen for p in steps if p.epoch == epoch) for epoch in (1, 2, 3)] == [20, 40, 60]


def test_the_head_ends_as_the_average_of_its_later_weights() -> None:
    config, averaged = replace(CONFIG, epochs=2, average_from=0.5, average_every=2), list[Tensor]()
    head = finetune.new_head(BASE, config)
    for progress in finetune.fit(head, FEATURES, LABELS, epochs(config), config):
        if progress.step in (6, 8, 10):
            averaged.append(head.classes.weight.detach().clone())
    torch.testing.assert_close(head.classes.weight.detach(), torch.stack(averaged).mean(0))


def test_a_run_too_short_for_an_average_keeps_its_last_weights() -> None:
    config = replace(CONFIG, epochs=1, batch_size=20, average_every=4)
    before, after = weights(finetune.new_head(BASE, config)), weights(fitted(config)[0])
    assert not same(before, after)


def test_the_learning_rate_rises_then_falls_to_a_tenth() -> None:
    rates = [finetune._rate(step, 100, CONFIG) for step in range(100)]
    assert all(a < b for a, b in pairwise(rates[:10]))
    assert rates[9] == rates[10] == 1.0
    assert all(a > b for a, b in pairwise(rates[10:]))
    assert 0.1 < rates[-1] < 0.11


def test_a_single_step_has_a_learning_rate() -> None:
    assert finetune._rate(0, 1, CONFIG) == 1.0


@pytest.mark.parametrize("positions", [1, 20, 100, 10_000])
def test_predictions_do_not_depend_on_what_passes_together(positions: int) -> None:
    head = finetune.new_head(BASE, CONFIG)
    expected = finetune.log_odds(head, FEATURES)
    assert finetune.log_odds(head, FEATURES, positions) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("positions", [1, 20, 10_000])
def test_a_step_in_parts_is_the_same_step(positions: int) -> None:
    one_epoch = replace(CONFIG, epochs=1)
    whole, steps = fitted(one_epoch)
    cut, steps_in_parts = fitted(one_epoch, positions)
    assert [step.loss for step in steps_in_parts] == pytest.approx([step.loss for step in steps], abs=1e-4)
    assert [step.accuracy for step in steps_in_parts] == [step.accuracy for step in steps]
    for one, other in zip(weights(whole), weights(cut), strict=True):
        assert torch.allclose(one, other, atol=1e-3)


def test_a_head_that_was_trained_predicts_and_no_longer_trains() -> None:
    assert not fitted(replace(CONFIG, epochs=1))[0].training


def test_the_hash_of_a_recipe_changes_with_the_recipe() -> None:
    assert CONFIG.hash == replace(CONFIG).hash
    assert len({CONFIG.hash, replace(CONFIG, seed=1).hash, replace(CONFIG, learning_rate=1e-4).hash}) == 3


def test_without_epochs_the_gpt_says_nothing() -> None:
    unlearned = fitted(replace(CONFIG, epochs=0))[0]
    assert finetune.log_odds(unlearned, FEATURES) == [0.0] * len(TEXTS)
    assert not unlearned.training
