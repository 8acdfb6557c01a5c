"""The wide half learns: a logistic regression on hashed n-grams, scikit-learn's, from the examples the GPT saw."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression

from classifier.wide import Wide, weighted
from training.datasets import Example
from training.recipe import TrainConfig


def fit(examples: Sequence[Example], config: TrainConfig) -> Wide:
    """The wide half of these examples, a correction counting more; both classes must be among them.

    Rarity is scikit-learn's smoothed inverse document frequency, ln((1 + n) / (1 + df)) + 1.
    """
    ngrams = config.ngrams
    counts = ngrams.counts([example.text for example in examples])
    in_texts = np.bincount(counts.indices, minlength=ngrams.n_buckets)
    rarity = (np.log((1 + len(examples)) / (1 + in_texts)) + 1).astype(np.float32)
    regression = LogisticRegression(C=config.wide_inverse_penalty, solver="liblinear", max_iter=1_000, random_state=0)
    labels = np.asarray([example.is_spam for example in examples])
    regression.fit(weighted(counts, rarity), labels, np.asarray([config.weight_of(e.origin) for e in examples]))
    return Wide(ngrams, rarity, regression.coef_[0].astype(np.float32), float(regression.intercept_[0]))
