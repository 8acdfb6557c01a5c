"""The adaptive attacker: what it may change, how often it asks, and that it gets past a judge of words."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from benchmarks.adaptive_attack import AT_ONCE, Draft, Judge, Scores, attacked, measured

SPAM = [
    "win free cash prizes every single day at a.example or write @prize 777",
    "cheap loans for everybody without papers, call 8800",
]
HAM = [["see", "you", "at", "ten"], ["who", "sells", "a", "bike"]]
WORDS = {"win", "free", "cash", "prizes", "cheap", "loans"}


def share_of_words(texts: Sequence[str]) -> Scores:
    return np.asarray([sum(word in WORDS for word in text.split()) / len(text.split()) for text in texts])


def test_an_address_a_handle_and_a_number_stay_and_most_of_the_words() -> None:
    rng, draft = random.Random(1), Draft.of(SPAM[0])
    for _ in range(500):
        draft = draft.changed(HAM, rng)
    own = [word for word, is_own in draft.words if is_own]
    assert {"a.example", "@prize", "777"} <= set(own)
    assert len(own) >= 0.6 * len(SPAM[0].split())
    assert draft.added <= len(SPAM[0].split())


def test_it_asks_no_more_than_it_may_and_stops_when_it_is_through() -> None:
    asked = []

    def score(texts: Sequence[str]) -> Scores:
        asked.append(len(texts))
        return share_of_words(texts)

    drafts = attacked(Judge(score, 0.2), SPAM, HAM, 200, seed=1)
    assert sum(asked[1:]) <= 2 * 200
    assert max(asked[1:]) <= 2 * AT_ONCE
    assert all(
        now <= before
        for now, before in zip(share_of_words([d.text for d in drafts]), share_of_words(SPAM), strict=True)
    )


def test_it_gets_past_a_judge_of_words_and_not_past_one_who_flags_all() -> None:
    ham = [" ".join(words) for words in HAM]
    figures, through = measured(Judge(share_of_words, 0.2), SPAM, ham, 200, seed=1)
    assert figures == {"flagged": 2, "got_through": 2, "ham_flagged": 0.0}
    assert all(share_of_words([text])[0] < 0.2 for text in through)
    assert measured(Judge(share_of_words, 0.0), SPAM, ham, 200, seed=1)[0]["got_through"] == 0


def test_the_same_seed_finds_the_same_texts() -> None:
    first, second = (attacked(Judge(share_of_words, 0.2), SPAM, HAM, 200, seed=7) for _ in range(2))
    assert first == second
