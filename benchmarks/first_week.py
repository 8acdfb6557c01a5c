"""The first week of a chat that only listens: three hundred of its own messages are presumed ham, nobody decides anything.

Part of `python -m benchmarks.first_day`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn import metrics

from benchmarks.bench import Bench, labels_of, say
from training.data.datasets import Example, Split
from training.fit import learn, thresholds
from training.fit.progress import Silent

LISTENED = 300  # messages
KEPT_APART = 5  # one in so many of them is never learned from
WEIGHT = 0.5  # as the product weighs presumed ham
SPAM_SHARE = 0.02  # of the students' chat, whose own spam is mislabelled in part


@dataclass(frozen=True)
class Chat:
    """The messages listened to, and those that come after."""

    listened: list[Example]
    later: list[Example]


def chats(measured: dict[str, list[Example]]) -> dict[str, Chat]:
    """telegram-samples with its own spam; the students' ham with recruiting spam at SPAM_SHARE."""
    students = [example for example in measured["telegram_ru_students"] if not example.is_spam]
    recruiting = _shuffled(measured["telegram_ru_recruiting_spam"])
    n_spam = round((len(students) - LISTENED) * SPAM_SHARE / (1 - SPAM_SHARE))
    return {
        "telegram_samples": _chat(measured["telegram_samples"]),
        "students_with_recruiting_spam": _chat([*students, *recruiting[:n_spam]]),
    }


def _chat(examples: Sequence[Example]) -> Chat:
    ham = _shuffled([example for example in examples if not example.is_spam])
    return Chat(ham[:LISTENED], [*ham[LISTENED:], *(example for example in examples if example.is_spam)])


def _shuffled(examples: Sequence[Example]) -> list[Example]:
    return sorted(examples, key=lambda example: hashlib.sha256(f"week {example.text}".encode()).digest())


def figures(bench: Bench, split: Split, chat: Chat, for_regulars: Any) -> dict[str, Any]:
    """Unseen ham flagged and unseen spam caught by a version that has listened."""
    overheard = [Example(e.text, False, "presumed") for e in chat.listened[::KEPT_APART]]
    learned = [Example(e.text, False, "presumed", WEIGHT) for i, e in enumerate(chat.listened) if i % KEPT_APART]
    outcome = learn.learn(
        bench.base, bench.reader, [*split.train, *learned], split.validation, bench.config, Silent(), overheard
    )
    chosen = thresholds.choose(outcome.validation, outcome.overheard)
    scores = np.asarray(outcome.learned.scores(bench.read(chat.later), [example.text for example in chat.later]))
    truth = np.asarray(labels_of(chat.later))
    say(f"listened: {outcome.learned.blend}, {chosen}")
    return {
        "ham": int((~truth).sum()),
        "spam": int(truth.sum()),
        "flagged": float((scores[~truth] >= chosen.review).mean()),
        "flagged_regulars": float((scores[~truth] >= for_regulars(chosen.review)).mean()),
        "caught": float((scores[truth] >= chosen.review).mean()),
        "average_precision": float(metrics.average_precision_score(truth, scores)),
        "review_threshold": chosen.review,
    }
