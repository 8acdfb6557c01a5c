"""What a season compares: the protocol of a judge, and the rivals of the product's own loop, which know no standing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.naive_bayes import MultinomialNB

from benchmarks.bench import labels_of
from benchmarks.season_standing import SeasonVerdict, Standings
from benchmarks.season_stream import Arrived
from classifier.spam import SpamClassifier
from training.data.datasets import Example

LONG = 60  # characters
AUDITED = 0.05  # of what is not flagged, drawn for the moderator to see


class Judge(Protocol):
    """Decides on a day's messages, learns from moderators' decisions, and has a night."""

    name: str

    def day(self, messages: Sequence[Arrived]) -> list[SeasonVerdict]: ...

    def learn(self, decided: Sequence[Arrived]) -> None: ...

    def sleep(self) -> None: ...

    def note(self) -> str: ...

    def scores(self, messages: Sequence[Arrived]) -> list[float]:
        """Its scores now, with what it knows of the authors; nothing is stored."""

    def thresholds(self) -> tuple[float, float]:
        """Where it flags, and where it acts."""


class Rival(Judge):
    """A judge that has scores and a threshold; its audit is drawn by the messages' texts, and it has no night."""

    def day(self, messages: Sequence[Arrived]) -> list[SeasonVerdict]:
        return [self.verdict(m, score) for m, score in zip(messages, self.scores(messages), strict=True)]

    def verdict(self, message: Arrived, score: float) -> SeasonVerdict:
        """What the score means."""
        flags_from, acts_from = self.thresholds()
        flagged = score >= flags_from
        return SeasonVerdict(flagged, not flagged and drawn(message.text), abs(score - flags_from), score >= acts_from)

    def learn(self, decided: Sequence[Arrived]) -> None:
        return None

    def sleep(self) -> None:
        return None

    def note(self) -> str:
        return ""


def drawn(text: str) -> bool:
    return int.from_bytes(hashlib.sha256(f"audit {text}".encode()).digest()[:4]) / 2**32 < AUDITED


class Frozen(Rival):
    """The loop's first version, for ever. Like any version of hamlet's it is stricter with newcomers than with regulars."""

    name = "frozen"

    def __init__(self, directory: Path) -> None:
        self._classifier = SpamClassifier.load(directory, "auto")
        self._standings = Standings()

    def day(self, messages: Sequence[Arrived]) -> list[SeasonVerdict]:
        verdicts = []
        for message, score in zip(messages, scored(self._classifier, messages), strict=True):
            verdicts.append(self.verdict(message, self._standings.moved(message, score)))
            self._standings.count_verdict(message, verdicts[-1])
        return verdicts

    def learn(self, decided: Sequence[Arrived]) -> None:
        """Of the authors alone."""
        self._standings.count_decisions(decided)

    def scores(self, messages: Sequence[Arrived]) -> list[float]:
        scores = scored(self._classifier, messages)
        return [self._standings.moved(m, score) for m, score in zip(messages, scores, strict=True)]

    def thresholds(self) -> tuple[float, float]:
        return self._classifier.thresholds.review, self._classifier.thresholds.act


def scored(classifier: SpamClassifier, messages: Sequence[Arrived]) -> list[float]:
    """Scores, whoever wrote it; what cannot be scored, without a visible character say, is no spam."""
    answers = classifier.try_score([message.text for message in messages])
    return [answer if isinstance(answer, float) else 0.0 for answer in answers]


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

    def scores(self, messages: Sequence[Arrived]) -> list[float]:
        odds = self._bayes.predict_log_proba(self._words.transform([m.text for m in messages]))
        return [float(o) for o in np.diff(odds, axis=1).ravel()]

    def thresholds(self) -> tuple[float, float]:
        return 0.0, 0.0


class ByLength(Rival):
    """What is longer than 60 characters is spam."""

    name = "longer_than_60_characters"

    def scores(self, messages: Sequence[Arrived]) -> list[float]:
        return [float(len(message.text)) for message in messages]

    def thresholds(self) -> tuple[float, float]:
        return LONG + 1.0, LONG + 1.0
