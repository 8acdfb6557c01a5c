"""The attacks are what they say they are."""

from __future__ import annotations

import random

from benchmarks import poisoning
from training import near_duplicates
from training.datasets import Example

TEXTS = [Example(f"{'win cash' if i % 2 else 'see you'} {chr(97 + i) * 9}", bool(i % 2)) for i in range(20)]


def attack(name: str, n: int = 10) -> list[tuple[Example, str]]:
    return poisoning.ATTACKS[name](n, TEXTS, random.Random(0))


def test_flips_are_false_and_said_by_moderators() -> None:
    truth = {e.text: e.is_spam for e in TEXTS}
    assert all(e.is_spam != truth[e.text] and who in poisoning.MODERATORS for e, who in attack("label_flips"))


def test_spam_is_called_ham_by_one_or_by_twenty() -> None:
    spam = {e.text for e in TEXTS if e.is_spam}
    one, twenty = attack("spam_as_ham", 40), attack("spam_as_ham_by_twenty", 40)
    assert all(e.text in spam and not e.is_spam for e, _ in one + twenty)
    assert (len({who for _, who in one}), len({who for _, who in twenty})) == (1, 20)


def test_a_flood_is_one_group_of_near_duplicates() -> None:
    flood = [Example("free entry to win a prize of cash, call the number now", True)]
    made = poisoning.near_duplicate_flood(30, flood, random.Random(0))
    assert len(set(near_duplicates.groups([e.text for e, _ in made]).tolist())) == 1
    assert len({e.text for e, _ in made}) == 30
