"""Whom a season compares: anyone who judges, and the rivals of the product's own loop."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
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


AUDITED = 0.05  # of what is not flagged, drawn for the moderator to see


@dataclass(frozen=True)
class Said:
    """What a judge said of a message of the day: flagged, or drawn for audit, or neither; and how sure it was."""

    flagged: bool
    is_drawn: bool = False
    doubt: float = 0.0  # how far the score is from where flags begin: the smaller, the more of it


class Judge(Protocol):
    """Judges a day's messages, learns from decisions, and has a night."""

    name: str

    def day(self, messages: Sequence[Arrived]) -> list[Said]: ...

    def learn(self, decided: Sequence[Arrived]) -> None: ...

    def sleep(self) -> None: ...

    def note(self) -> str: ...

    def scores(self, texts: Sequence[str]) -> list[float]:
        """What it would say now; nothing is stored."""

    def thresholds(self) -> tuple[float, float]:
        """Where it flags, and where it acts."""


class Rival(Judge):
    """A judge that has scores and a threshold; its audit is drawn by the messages' texts, and it has no night."""

    def day(self, messages: Sequence[Arrived]) -> list[Said]:
        scores = self.scores([message.text for message in messages])
        sure = [score - self.thresholds()[0] for score in scores]
        return [Said(s >= 0, s < 0 and drawn(m.text), abs(s)) for s, m in zip(sure, messages, strict=True)]

    def learn(self, decided: Sequence[Arrived]) -> None:
        return None

    def sleep(self) -> None:
        return None

    def note(self) -> str:
        return ""


def drawn(text: str) -> bool:
    return int.from_bytes(hashlib.sha256(f"audit {text}".encode()).digest()[:4]) / 2**32 < AUDITED


class Frozen(Rival):
    """The loop's first version, for ever."""

    name = "frozen"

    def __init__(self, directory: Path) -> None:
        self._classifier = SpamClassifier.load(directory, "auto")

    def scores(self, texts: Sequence[str]) -> list[float]:
        return scored(self._classifier, texts)

    def thresholds(self) -> tuple[float, float]:
        return self._classifier.thresholds.review, self._classifier.thresholds.act


def scored(classifier: SpamClassifier, texts: Sequence[str]) -> list[float]:
    """Scores; what cannot be scored, without a visible character say, is no spam."""
    return [answer if isinstance(answer, float) else 0.0 for answer in classifier.try_score(texts)]


class NaiveBayes(Rival):
    """Words, counted on the seed set and then decision by decision, as chat bots without a network do."""

    name = "naive_bayes"

    def __init__(self, seed: Sequence[Example]) -> None:
        self._words = HashingVectorizer(alternate_sign=False, norm=None, n_features=2**18)
        self._bayes = MultinomialNB(alpha=0.1)
        self._bayes.partial_fit(self._words.transform([e.text for e in seed]), labels_of(seed), classes=[False, True])

    def learn(self, decided: Sequence[Arrived]) -> None:
        if decided:
            self._bayes.partial_fit(self._words.transform([m.text for m in decided]), [m.is_spam for m in decided])

    def scores(self, texts: Sequence[str]) -> list[float]:
        odds = self._bayes.predict_log_proba(self._words.transform(texts))
        return [float(o) for o in np.diff(odds, axis=1).ravel()]

    def thresholds(self) -> tuple[float, float]:
        return 0.0, 0.0


class ByLength(Rival):
    """What is longer than 60 characters is spam."""

    name = "longer_than_60_characters"

    def scores(self, texts: Sequence[str]) -> list[float]:
        return [float(len(text)) for text in texts]

    def thresholds(self) -> tuple[float, float]:
        return LONG + 1.0, LONG + 1.0
