"""`python -m benchmarks.obfuscation --json`: how much spam is still caught once its letters are disguised.

The newest version in HAMLET_HOME scores the spam of the starter set's hold-out and of telegram_samples (HAMLET_DATASETS) as it was
written and in each disguise of `disguising.py`. A spam is caught where its score is above the one that a hundredth of the same
set's ham reaches; the ham stays as it is. Only texts that a disguise changes count for it: `texts`.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import first_day
from benchmarks.bench import Bench, answer, options, say
from benchmarks.cascade import Scores, scores_of
from benchmarks.disguising import DISGUISES
from benchmarks.serving import required
from classifier.spam import SpamClassifier
from training.data import seed, starter
from training.data.datasets import Example
from training.data.snapshot import seed_split

SEED, HIT = 123, 0.01  # the share of ham that is hit


def main() -> None:
    chosen = options(__doc__ or "").parse_args()
    directory = required()
    answer(lambda: measure(directory, chosen.fast), chosen.json)


def measure(directory: Path, is_fast: bool) -> dict[str, Any]:
    """The figures of both sets."""
    bench, classifier = Bench.open(), SpamClassifier.load(directory, "auto")
    held_out = seed_split([*seed_set(bench)]).hold_out
    starters = {line.text for line in starter.read()}
    sets = {
        "starter": [example for example in held_out if example.text in starters],
        "telegram_samples": first_day.sets(bench)["telegram_samples"],
    }
    return {name: of_set(name, classifier, examples[:: 5 if is_fast else 1]) for name, examples in sets.items()}


def seed_set(bench: Bench) -> Sequence[Example]:
    """The default seed set."""
    return seed.default(bench.settings.cache, bench.settings.datasets, say)


def of_set(name: str, classifier: SpamClassifier, examples: Sequence[Example]) -> dict[str, Any]:
    """Recall before and after each disguise, at the same false positives."""
    spam = [example for example in examples if example.is_spam]
    ham = np.sort(scores_of(classifier, [example for example in examples if not example.is_spam]))[::-1]
    limit = float(ham[int(len(ham) * HIT)])
    plain = scores_of(classifier, spam)
    say(f"{name}: {len(spam)} spam, caught above {limit:.3f}")
    figures: dict[str, Any] = {"ham": len(ham), "caught_above": round(limit, 4)}
    for disguise, change in DISGUISES.items():
        rng = random.Random(SEED)
        worn = [Example(change(example.text, rng), True, "file") for example in spam]
        differs = np.asarray([a.text != b.text for a, b in zip(spam, worn, strict=True)])
        disguised = scores_of(classifier, [one for one, is_new in zip(worn, differs, strict=True) if is_new])
        figures[disguise] = recalls(plain[differs], disguised, limit)
        say(f"{name}, {disguise}: {figures[disguise]}")
    return figures


def recalls(before: Scores, after: Scores, limit: float) -> dict[str, Any]:
    """The share above the limit, before and after, and the points lost."""
    if not len(before):
        return {"texts": 0}
    caught, still = float((before > limit).mean()), float((after > limit).mean())
    return {
        "texts": len(before),
        "before": round(caught, 4),
        "after": round(still, 4),
        "points_lost": round(100 * (caught - still), 1),
    }


if __name__ == "__main__":
    main()
