"""Fitting the probe: it separates what can be separated, a correction weighs more, and its share scales it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from training.data.datasets import Example
from training.fit import probe
from training.fit.features import Features
from training.fit.recipe import TrainConfig

CONFIG = TrainConfig(probe_share=1.0)


def made(n: int, seed: int = 0) -> tuple[Features, list[Example]]:
    """Texts of 1 to 6 tokens whose first coordinate says whether they are spam."""
    torch.manual_seed(seed)
    examples = [Example(str(i), i % 3 == 0, "seed") for i in range(n)]
    hidden = [torch.randn(1 + i % 6, 8).half() for i in range(n)]
    for states, example in zip(hidden, examples, strict=True):
        states[:, 0] = 2.0 if example.is_spam else -2.0
    return Features(hidden), examples


def test_it_tells_apart_texts_it_has_not_seen() -> None:
    fitted = probe.fit(*made(60), CONFIG)
    features, examples = made(30, seed=1)
    assert [odds > 0 for odds in probe.log_odds(fitted, features)] == [example.is_spam for example in examples]


def test_its_share_multiplies_its_log_odds() -> None:
    features, examples = made(60)
    once = probe.fit(features, examples, CONFIG)
    thrice = probe.scaled(once, 3.0)
    expected = [3 * odds for odds in probe.log_odds(once, features)]
    assert probe.log_odds(thrice, features) == pytest.approx(expected, rel=1e-4)


def test_a_correction_weighs_more_than_a_seed_example() -> None:
    features, examples = made(60)
    wrong = [replace(example, is_spam=not example.is_spam) if i == 4 else example for i, example in enumerate(examples)]
    as_seed = probe.fit(features, wrong, CONFIG)
    as_correction = probe.fit(
        features, [replace(e, origin="correction") if i == 4 else e for i, e in enumerate(wrong)], CONFIG
    )
    assert probe.log_odds(as_correction, features.part(4, 5))[0] > probe.log_odds(as_seed, features.part(4, 5))[0] + 0.1


def test_the_same_examples_give_the_same_bits() -> None:
    first, second = (probe.fit(*made(60), CONFIG) for _ in range(2))
    assert torch.equal(first.sum.weight, second.sum.weight)
    assert torch.equal(first.sum.bias, second.sum.bias)


def test_no_texts_have_no_log_odds() -> None:
    assert probe.log_odds(probe.fit(*made(9), CONFIG), Features([])) == []
