"""`python -m benchmarks.cascade --json`: what it costs in quality that the GPT is not asked about clear ham.

The newest version in HAMLET_HOME scores the development sets of HAMLET_DATASETS and the SMS collection twice: every part
of every text, and as it serves before anything has been decided. Figures: average precision as it serves, how often the
GPT was asked, how many texts changed sides, and the difference in average precision with its 95 % interval from 1,000
resamples of the texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

from benchmarks import first_day
from benchmarks.bench import Bench, answer, labels_of, options, say
from benchmarks.serving import required
from benchmarks.speeds import AS_WORKERS
from classifier.errors import TextError
from classifier.spam import SpamClassifier
from training.data import datasets
from training.data.datasets import Example

RESAMPLES, SEED = 1_000, 123
AT_ONCE = 256

Scores = NDArray[np.float64]


def main() -> None:
    arguments = options(__doc__ or "").parse_args()
    directory = required()
    answer(lambda: measure(directory, arguments.fast), arguments.json)


def measure(directory: Path, fast: bool) -> dict[str, Any]:
    """The figures of every set."""
    bench = Bench.open()
    sets = {**first_day.sets(bench), "sms": datasets.read_sms(bench.sms())}
    thorough, serving = SpamClassifier.load(directory, "auto", thorough=True), SpamClassifier.load(directory, "auto")
    return {
        "model": directory.name,
        "sets": {name: _of_set(name, part, thorough, serving, fast) for name, part in sets.items()},
    }


def _of_set(
    name: str, examples: Sequence[Example], thorough: SpamClassifier, serving: SpamClassifier, fast: bool
) -> dict[str, Any]:
    say(f"{name}: {len(examples)} texts")
    examples = examples[:: 10 if fast else 1]
    full, quick = (scores_of(classifier, examples) for classifier in (thorough, serving))
    truth, review, act = np.asarray(labels_of(examples)), serving.thresholds.review, serving.thresholds.act
    asked = serving.asks([example.text for example in examples if example.text.strip()], AS_WORKERS)
    figures = {
        "texts": len(examples),
        "asked_share": round(float(asked.mean()), 4),
        "changed_sides": int(((full >= review) != (quick >= review)).sum() + ((full >= act) != (quick >= act)).sum()),
        "largest_difference": round(float(np.abs(full - quick).max()), 4),
    }
    return figures if truth.all() else figures | loss(truth, full, quick)


def scores_of(classifier: SpamClassifier, examples: Sequence[Example]) -> Scores:
    """The score of each text, (B,); 0 where it has none."""
    texts, scores = [example.text for example in examples], list[float]()
    for start in range(0, len(texts), AT_ONCE):
        answers = classifier.try_score(texts[start : start + AT_ONCE], AS_WORKERS)
        scores += [0.0 if isinstance(one, TextError) else one for one in answers]
    return np.asarray(scores)


def loss(truth: NDArray[np.bool_], full: Scores, quick: Scores) -> dict[str, Any]:
    """The average precision that is lost, and its 95 % interval (bootstrap; Efron, 1979)."""
    rng, losses = np.random.default_rng(SEED), list[float]()
    for _ in range(RESAMPLES):
        drawn = rng.integers(0, len(truth), len(truth))
        if truth[drawn].any():
            losses.append(_lost(truth[drawn], full[drawn], quick[drawn]))
    interval = [round(float(bound), 5) for bound in np.quantile(losses, (0.025, 0.975))]
    average_precision = round(float(metrics.average_precision_score(truth, quick)), 4)
    return {
        "average_precision": average_precision,
        "average_precision_lost": round(_lost(truth, full, quick), 5),
        "interval_95": interval,
    }


def _lost(truth: NDArray[np.bool_], full: Scores, quick: Scores) -> float:
    return float(metrics.average_precision_score(truth, full) - metrics.average_precision_score(truth, quick))


if __name__ == "__main__":
    main()
