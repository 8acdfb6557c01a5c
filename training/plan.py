"""What a run will see of its training examples: weighed, thinned, bounded, drawn epoch by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from training.datasets import Example
from training.recipe import TrainConfig
from training.sampling import draw

OWN = ("correction", "presumed")  # origins of what chats themselves teach
OWN_AT_MOST = 0.5  # of what there is room for, as long as there is enough else


def weights_of(examples: Sequence[Example], of_a_correction: float) -> list[float]:
    """How much each example counts, where a seed example counts 1."""
    return [example.weight * (of_a_correction if example.origin == "correction" else 1.0) for example in examples]


def roomed(weights: Sequence[float], are_own: Sequence[bool], at_most: int) -> list[float]:
    """The weights shrunk to `at_most` in all, so that a larger seed set does not crowd out what is a chat's own.

    That has its full weight while it fills OWN_AT_MOST of the room or leaves no room empty; the rest shrinks to what is left.
    """
    own = sum(weight for weight, is_own in zip(weights, are_own, strict=True) if is_own)
    others = sum(weights) - own
    kept = min(own, max(at_most * OWN_AT_MOST, at_most - others))
    shares = {True: kept / own if own else 1.0, False: min(1.0, (at_most - kept) / others) if others else 1.0}
    return [weight * shares[is_own] for weight, is_own in zip(weights, are_own, strict=True)]


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
    thin, are_own = thinned(train, config), [example.origin == "correction" for example in train]
    once = roomed([min(weight, 1.0) for weight in thin], are_own, config.pool_examples)
    pooled = sorted(set(draw([e.text for e in train], once, config.pool_examples, f"{config.seed}/pool")))
    train, are_own = [train[i] for i in pooled], [are_own[i] for i in pooled]
    weights = roomed([max(1.0, thin[i]) for i in pooled], are_own, config.epoch_examples)
    texts = [example.text for example in train]
    orders = [draw(texts, weights, config.epoch_examples, f"{config.seed}/{n}") for n in range(1, config.epochs + 1)]
    drawn = sorted(set().union(*orders))
    place = {index: i for i, index in enumerate(drawn)}
    return Plan([train[index] for index in drawn], [[place[index] for index in order] for order in orders])


def sample(train: Sequence[Example], at_most: int, config: TrainConfig) -> list[Example]:
    """All of the examples, or as many as there is room for: a chat's own before the seed set, whose heavier are likelier."""
    if len(train) <= at_most:
        return list(train)
    are_own = [example.origin in OWN for example in train]
    once = [1.0 if is_own else example.weight for example, is_own in zip(train, are_own, strict=True)]
    weights = roomed(once, are_own, at_most)
    drawn = draw([example.text for example in train], weights, at_most, f"{config.seed}/sample")
    return [train[index] for index in sorted(set(drawn))]
