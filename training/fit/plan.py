"""Which training examples a run sees: weighted, thinned, bounded, drawn epoch by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from training.data.datasets import Example
from training.fit.recipe import TrainConfig
from training.fit.sampling import draw

OWN = ("correction", "presumed")  # origins of the chats' own examples
OWN_AT_MOST = 0.5  # of the room, as long as there are enough other examples


def weights_of(examples: Sequence[Example], of_a_correction: float) -> list[float]:
    """How much each example counts, where a seed example counts 1."""
    return [example.weight * (of_a_correction if example.origin == "correction" else 1.0) for example in examples]


def roomed(weights: Sequence[float], are_own: Sequence[bool], at_most: int) -> list[float]:
    """The weights shrunk to `at_most` in total, so that a larger seed set does not crowd out the chats' own examples.

    Those keep their full weight up to OWN_AT_MOST of the room, or more if room is left; the others shrink to the rest.
    """
    own = sum(weight for weight, is_own in zip(weights, are_own, strict=True) if is_own)
    others = sum(weights) - own
    own_room = min(own, max(at_most * OWN_AT_MOST, at_most - others))
    shares = {True: own_room / own if own else 1.0, False: min(1.0, (at_most - own_room) / others) if others else 1.0}
    return [weight * shares[is_own] for weight, is_own in zip(weights, are_own, strict=True)]


@dataclass(frozen=True)
class Plan:
    """What a run's GPT sees: the examples that any epoch draws, and each epoch's order as indices into them."""

    examples: list[Example]
    epochs: list[list[int]]


def thinned(train: Sequence[Example], config: TrainConfig) -> list[float]:
    """How often an epoch shows the GPT each example: its weight, with ham shrunk so that there is at most `ham_per_spam` of it."""
    weights = weights_of(train, config.correction_weight)
    spam = sum(weight for weight, example in zip(weights, train, strict=True) if example.is_spam)
    ham = sum(weights) - spam
    share = min(1.0, config.ham_per_spam * spam / ham) if ham else 1.0
    return [weight * (1.0 if e.is_spam else share) for weight, e in zip(weights, train, strict=True)]


def planned(train: Sequence[Example], config: TrainConfig) -> Plan:
    """Draw the pool, and every epoch from it; only texts that are drawn cost anything later."""
    thin, are_own = thinned(train, config), [example.origin == "correction" for example in train]
    once = roomed([min(weight, 1.0) for weight in thin], are_own, config.pool_examples)
    pooled = sorted(set(draw([e.text for e in train], once, config.pool_examples, f"{config.seed}/pool")))
    train, are_own = [train[i] for i in pooled], [are_own[i] for i in pooled]
    weights = roomed([max(1.0, thin[i]) for i in pooled], are_own, config.epoch_examples)
    texts = [example.text for example in train]
    orders = [draw(texts, weights, config.epoch_examples, f"{config.seed}/{n}") for n in range(1, config.epochs + 1)]
    drawn = (
        sorted(set().union(*orders)) if orders else list(range(len(train)))
    )  # the probe learns from all of them then
    place = {index: i for i, index in enumerate(drawn)}
    return Plan([train[index] for index in drawn], [[place[index] for index in order] for order in orders])


def sample(train: Sequence[Example], at_most: int, config: TrainConfig) -> list[Example]:
    """All examples, or `at_most` of them: the chats' own before the seed set, of which heavier ones are likelier."""
    if len(train) <= at_most:
        return list(train)
    are_own = [example.origin in OWN for example in train]
    once = [1.0 if is_own else example.weight for example, is_own in zip(train, are_own, strict=True)]
    weights = roomed(once, are_own, at_most)
    drawn = draw([example.text for example in train], weights, at_most, f"{config.seed}/sample")
    return [train[index] for index in sorted(set(drawn))]
