"""What a run will see of its training examples: weighed, thinned, bounded, drawn epoch by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from training.datasets import Example
from training.recipe import TrainConfig
from training.sampling import draw


def weights_of(examples: Sequence[Example], of_a_correction: float) -> list[float]:
    """How much each example counts, where a seed example counts 1."""
    return [example.weight * (of_a_correction if example.origin == "correction" else 1.0) for example in examples]


@dataclass(frozen=True)
class Plan:
    """What a run's GPT will see: the examples that any epoch draws, and each epoch's order as indices into them."""

    examples: list[Example]
    epochs: list[list[int]]


def thinned(train: Sequence[Example], config: TrainConfig) -> list[float]:
    """How often an epoch shows the GPT each example: by its weight, the ham's shrunk alike until there is at most `ham_per_spam` of it."""
    weights = weights_of(train, config.correction_weight)
    spam = sum(weight for weight, example in zip(weights, train, strict=True) if example.is_spam)
    ham = sum(weights) - spam
    share = min(1.0, config.ham_per_spam * spam / ham) if ham else 1.0
    return [weight * (1.0 if e.is_spam else share) for weight, e in zip(weights, train, strict=True)]


def planned(train: Sequence[Example], config: TrainConfig) -> Plan:
    """Draw the pool, and every epoch from it; only the texts that are drawn cost anything later."""
    thin = thinned(train, config)
    pooled = sorted(set(draw([e.text for e in train], thin, config.pool_examples, f"{config.seed}/pool")))
    train, weights = [train[i] for i in pooled], [max(1.0, thin[i]) for i in pooled]
    texts = [example.text for example in train]
    orders = [draw(texts, weights, config.epoch_examples, f"{config.seed}/{n}") for n in range(1, config.epochs + 1)]
    drawn = sorted(set().union(*orders))
    place = {index: i for i, index in enumerate(drawn)}
    return Plan([train[index] for index in drawn], [[place[index] for index in order] for order in orders])


def sample(train: Sequence[Example], at_most: int, config: TrainConfig) -> list[Example]:
    """All of the examples, or as many as there is room for, the heavier the likelier."""
    if len(train) <= at_most:
        return list(train)
    weights = weights_of(train, config.linear_correction_weight)
    drawn = draw([example.text for example in train], weights, at_most, f"{config.seed}/sample")
    return [train[index] for index in sorted(set(drawn))]
