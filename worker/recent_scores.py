"""Spam repeats: a text that was scored lately has the same score again, without asking the model."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b
from typing import Protocol

from classifier.errors import TextError
from classifier.thresholds import LOWERED_AT_MOST

AT_MOST = 8_192  # texts, the latest; with their keys some 2 MB


class Scorer(Protocol):
    """What gives texts their scores."""

    def try_score(self, texts: Sequence[str], lowered: float = LOWERED_AT_MOST) -> list[float | TextError]:
        """Probability of spam of each text, or the named reason why that text has none.

        What is known of authors lowers thresholds by `lowered` at most.
        """
        ...


class RecentScores:
    """A model version's scores, each of the latest texts computed once. It ends with the version, so it is never out of date."""

    def __init__(self, scorer: Scorer, at_most: int = AT_MOST) -> None:
        self._scorer, self._at_most = scorer, at_most
        self._known: OrderedDict[bytes, float | TextError] = OrderedDict()
        self.asked, self.repeated = 0, 0  # texts whose scores were wanted, and those of them not computed again

    def try_score(self, texts: Sequence[str], lowered: float = LOWERED_AT_MOST) -> list[float | TextError]:
        """The same as the scorer's. What it raises is raised, and then nothing is remembered."""
        keys = [_key(text, lowered) for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        computed = dict(zip(new, self._scorer.try_score([*new.values()], lowered), strict=True)) if new else {}
        self.asked += len(texts)
        self.repeated += len(texts) - len(new)
        answers = [computed[key] if key in computed else self._known[key] for key in keys]
        for key, answer in zip(keys, answers, strict=True):
            self._known[key] = answer
            self._known.move_to_end(key)
        while len(self._known) > self._at_most:
            self._known.popitem(last=False)
        return answers


def _key(text: str, lowered: float) -> bytes:
    """A digest of exactly this text, asked in this way: no words of members stay in memory for it."""
    return blake2b(f"{lowered} {text}".encode("utf-8", "surrogatepass"), digest_size=16).digest()
