"""An attacker who changes spam until it gets through, with every score in hand. Part of `benchmarks.adaptive`."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

AT_ONCE = 20  # changes of a text that are tried together
REPLACED, PHRASE, LEAST_ADDED = 0.3, 4, 5  # share of words; words put in together; words that a short text may be given
OF_USE = re.compile(r"[\d@/.:]|^\W+$")  # an address, a handle, a number: what the spam is for
HAM_MEASURED = 1_000

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Judge:
    """Texts to scores, and the score from which one is flagged."""

    score: Callable[[Sequence[str]], Scores]
    limit: float


@dataclass(frozen=True)
class Draft:
    """A spam as it is now: its words, and which of them are the spammer's own."""

    words: tuple[tuple[str, bool], ...]
    added: int = 0
    replaced: int = 0

    @classmethod
    def of(cls, text: str) -> Draft:
        return cls(tuple((word, True) for word in text.split()))

    @property
    def text(self) -> str:
        return " ".join(word for word, _ in self.words)

    def changed(self, ham: Sequence[Sequence[str]], rng: random.Random) -> Draft:
        """The same with one random change that is still allowed, or as it is."""
        own = len(self.words) - self.added
        phrase, own_places = (
            rng.choice(ham),
            [i for i, (w, is_own) in enumerate(self.words) if is_own and not OF_USE.search(w)],
        )
        if rng.random() < 0.5 and own_places and self.replaced < REPLACED * own:
            place = rng.choice(own_places)
            words = (*self.words[:place], (rng.choice(phrase), False), *self.words[place + 1 :])
            return replace(self, words=words, replaced=self.replaced + 1)
        start, place = rng.randrange(len(phrase)), rng.choice((0, len(self.words), rng.randint(0, len(self.words))))
        new = [(word, False) for word in phrase[start : start + rng.randint(1, PHRASE)]]
        if self.added + len(new) > max(own, LEAST_ADDED):
            return self
        return replace(self, words=(*self.words[:place], *new, *self.words[place:]), added=self.added + len(new))


def attacked(judge: Judge, texts: Sequence[str], ham: Sequence[Sequence[str]], queries: int, seed: int) -> list[Draft]:
    """Each text after the attack. All of them take their turns together, so that their scores are computed in batches."""
    rng = random.Random(seed)
    drafts, best = [Draft.of(text) for text in texts], judge.score(texts)
    for _ in range(queries // AT_ONCE):
        still = [i for i in range(len(drafts)) if best[i] >= judge.limit]
        if not still:
            break
        tried = [[drafts[i].changed(ham, rng) for _ in range(AT_ONCE)] for i in still]
        scores = judge.score([draft.text for some in tried for draft in some]).reshape(len(still), -1)
        for i, some, of_some in zip(still, tried, scores, strict=True):
            lowest = int(of_some.argmin())
            if of_some[lowest] < best[i]:
                drafts[i], best[i] = some[lowest], of_some[lowest]
    return drafts


def measured(
    judge: Judge, spam: Sequence[str], ham: Sequence[str], queries: int, seed: int
) -> tuple[dict[str, Any], list[str]]:
    """How many texts are flagged as they are, and how many of these get through; and what got through."""
    flagged = [text for text, score in zip(spam, judge.score(spam), strict=True) if score >= judge.limit]
    drafts = attacked(judge, flagged, [text.split() for text in ham if text.split()], queries, seed)
    final = judge.score([draft.text for draft in drafts])
    through = [draft.text for draft, score in zip(drafts, final, strict=True) if score < judge.limit]
    ham_flagged = float((judge.score(ham[:HAM_MEASURED]) >= judge.limit).mean())
    figures = {"flagged": len(flagged), "got_through": len(through), "ham_flagged": round(ham_flagged, 4)}
    return figures, through
