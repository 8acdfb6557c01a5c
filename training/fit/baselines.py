"""Classical models as baselines, on the same examples, with thresholds chosen in the same way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import Pipeline, make_pipeline

from training.data.datasets import Example
from training.fit import evaluate, thresholds
from training.fit.thresholds import Scored

WORD = r"(?u)\b\w+\b"


def pipelines() -> dict[str, Pipeline]:
    """Each baseline by name, unfitted: texts in, probabilities out."""
    return {
        "dummy": make_pipeline(CountVectorizer(token_pattern=WORD), DummyClassifier(strategy="prior")),
        "naive_bayes": make_pipeline(CountVectorizer(token_pattern=WORD), MultinomialNB()),
        "logistic_words": make_pipeline(TfidfVectorizer(token_pattern=WORD, sublinear_tf=True), _regression()),
        "logistic_characters": make_pipeline(
            TfidfVectorizer(analyzer="char", ngram_range=(2, 5), sublinear_tf=True), _regression()
        ),
    }


def _regression() -> LogisticRegression:
    return LogisticRegression(C=10.0, solver="liblinear", max_iter=1_000, random_state=0)


def scores(
    name: str, train: Sequence[Example], weights: Sequence[float], texts: Sequence[Sequence[str]]
) -> list[list[float]]:
    """Fit one baseline, each example counting `weights[i]` times, and score each list of texts."""
    pipeline = pipelines()[name]
    last = pipeline.steps[-1][0]
    pipeline.fit(
        [example.text for example in train],
        np.asarray([example.is_spam for example in train]),
        **{f"{last}__sample_weight": np.asarray(weights)},
    )
    return [[float(p) for p in pipeline.predict_proba(list(some))[:, 1]] for some in texts]


def measure(
    train: Sequence[Example], weights: Sequence[float], validation: Sequence[Example], hold_out: Sequence[Example]
) -> dict[str, dict[str, Any]]:
    """Each baseline's figures on the hold-out set, at the threshold chosen on its validation scores."""
    texts = [[example.text for example in side] for side in (validation, hold_out)]
    labels = [[example.is_spam for example in side] for side in (validation, hold_out)]
    figures = {}
    for name in pipelines():
        chosen_on, measured_on = (
            Scored(s, truth) for s, truth in zip(scores(name, train, weights, texts), labels, strict=True)
        )
        figures[name] = evaluate.measure(measured_on, thresholds.choose(chosen_on))
    return figures
