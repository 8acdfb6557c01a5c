"""Malicious corrections, for `benchmarks.poisoning`: each attack makes n of them from the texts of a chat."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from training.data.datasets import Example

MODERATORS = ("ann", "bob", "eva")

Attack = Callable[[int, Sequence[Example], random.Random], list[tuple[Example, str]]]


def label_flips(n: int, texts: Sequence[Example], rng: random.Random) -> list[tuple[Example, str]]:
    """Texts of the chat with the other label, decided by the moderators' own accounts."""
    return [(Example(e.text, not e.is_spam), rng.choice(MODERATORS)) for e in rng.sample([*texts], n)]


def spam_as_ham(n: int, texts: Sequence[Example], rng: random.Random) -> list[tuple[Example, str]]:
    """Spam called ham by one account."""
    spam = [e for e in texts if e.is_spam]
    return [(Example(e.text, False), "mallory") for e in rng.choices(spam, k=n)]


def spam_as_ham_by_twenty(n: int, texts: Sequence[Example], rng: random.Random) -> list[tuple[Example, str]]:
    """Spam called ham by twenty accounts."""
    return [(e, f"mallory {i % 20}") for i, (e, _) in enumerate(spam_as_ham(n, texts, rng))]


def near_duplicate_flood(n: int, texts: Sequence[Example], rng: random.Random) -> list[tuple[Example, str]]:
    """One spam, with ever another number, called ham by twenty accounts."""
    spam = rng.choice([e for e in texts if e.is_spam])
    return [(Example(f"{spam.text} {i:05d}", False), f"mallory {i % 20}") for i in range(n)]


ATTACKS: dict[str, Attack] = {
    attack.__name__: attack for attack in (label_flips, spam_as_ham, spam_as_ham_by_twenty, near_duplicate_flood)
}
