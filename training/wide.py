"""The wide half learns: a logistic regression on hashed n-grams, scikit-learn's, from the examples the GPT saw."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression

from classifier.wide import Wide, weighted
from training.recipe import TrainConfig


def fit(texts: Sequence[str], labels: Sequence[bool], weights: Sequence[float], config: TrainConfig) -> Wide:
    """The wide half of these examples, each counting `weights[i]` times; both classes must be among them.

    Rarity is scikit-learn's smoothed inverse document frequency, ln((1 + n) / (1 + df)) + 1.
    """
    ngrams = config.ngrams
    counts = ngrams.counts(texts)
    in_texts = np.bincount(counts.indices, minlength=ngrams.n_buckets)
    rarity = (np.log((1 + len(texts)) / (1 + in_texts)) + 1).astype(np.float32)
    regression = LogisticRegression(C=config.wide_inverse_penalty, solver="liblinear", max_iter=1_000, random_state=0)
    regression.fit(weighted(counts, rarity), np.asarray(labels), np.asarray(weights))
    return Wide(ngrams, rarity, regression.coef_[0].astype(np.float32), float(regression.intercept_[0]))
