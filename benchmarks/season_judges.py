"""Whom a season compares: anyone who judges, and the rivals of the product's own loop."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.naive_bayes import MultinomialNB

from benchmarks.bench import labels_of
from benchmarks.season_stream import Arrived
from classifier.spam import SpamClassifier
from training.datasets import Example

LONG = 60  # characters


class Judge(Protocol):
    """Flags a day's messages, learns from decisions, and has a night."""

    name: str

    def flags(self, day: Sequence[Arrived]) -> list[bool]: ...

    def learn(self, decided: Sequence[Arrived]) -> None: ...

    def sleep(self) -> None: ...

    def note(self) -> str: ...

    def scores(self, texts: Sequence[str]) -> list[float]:
        """What it would say now; nothing is stored."""

    def thresholds(self) -> tuple[float, float]:
        """Where it flags, and where it acts."""


class Frozen:
    """The loop's first version, for ever."""

    name = "frozen"

    def __init__(self, directory: Path) -> None:
        self._classifier = SpamClassifier.load(directory, "auto")

    def flags(self, day: Sequence[Arrived]) -> list[bool]:
        return [s >= self._classifier.thresholds.review for s in self.scores([message.text for message in day])]

    def learn(self, decided: Sequence[Arrived]) -> None: ...

    def sleep(self) -> None: ...

    def note(self) -> str:
        return ""

    def scores(self, texts: Sequence[str]) -> list[float]:
        return scored(self._classifier, texts)

    def thresholds(self) -> tuple[float, float]:
        return self._classifier.thresholds.review, self._classifier.thresholds.act


def scored(classifier: SpamClassifier, texts: Sequence[str]) -> list[float]:
    """Scores; what cannot be scored, without a visible character say, is no spam."""
    return [answer if isinstance(answer, float) else 0.0 for answer in classifier.try_score(texts)]


class NaiveBayes:
    """Words, counted on the seed set and then decision by decision, as chat bots without a network do."""

    name = "naive_bayes"

    def __init__(self, seed: Sequence[Example]) -> None:
        self._words = HashingVectorizer(alternate_sign=False, norm=None, n_features=2**18)
        self._bayes = MultinomialNB(alpha=0.1)
        self._bayes.partial_fit(self._words.transform([e.text for e in seed]), labels_of(seed), classes=[False, True])

    def flags(self, day: Sequence[Arrived]) -> list[bool]:
        return [odds > 0 for odds in self.scores([message.text for message in day])]

    def learn(self, decided: Sequence[Arrived]) -> None:
        if decided:
            self._bayes.partial_fit(self._words.transform([m.text for m in decided]), [m.is_spam for m in decided])

    def sleep(self) -> None: ...

    def note(self) -> str:
        return ""

    def scores(self, texts: Sequence[str]) -> list[float]:
        odds = self._bayes.predict_log_proba(self._words.transform(texts))
        return [float(o) for o in np.diff(odds, axis=1).ravel()]

    def thresholds(self) -> tuple[float, float]:
        return 0.0, 0.0


class ByLength:
    """What is longer than 60 characters is spam."""

    name = "longer_than_60_characters"

    def flags(self, day: Sequence[Arrived]) -> list[bool]:
        return [len(message.text) > LONG for message in day]

    def learn(self, decided: Sequence[Arrived]) -> None: ...

    def sleep(self) -> None: ...

    def note(self) -> str:
        return ""

    def scores(self, texts: Sequence[str]) -> list[float]:
        return [float(len(text)) for text in texts]

    def thresholds(self) -> tuple[float, float]:
        return LONG + 1.0, LONG + 1.0
