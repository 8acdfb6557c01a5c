"""Fitting the n-gram model: scikit-learn's logistic regression on hashed n-grams."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from classifier.ngrams import NGramModel, NGrams, weighted
from training.data.datasets import Example
from training.fit.plan import weights_of
from training.fit.recipe import TrainConfig


def fit(examples: Sequence[Example], config: TrainConfig) -> NGramModel:
    """The n-gram model of these examples, a correction counting more; both classes must be among them.

    Rarity is scikit-learn's smoothed inverse document frequency, ln((1 + n) / (1 + df)) + 1.
    """
    ngrams = NGrams(config.ngram_shortest, config.ngram_longest, config.ngram_buckets, config.ngram_manner)
    counts = ngrams.counts([example.text for example in examples])
    in_texts = np.bincount(counts.buckets, minlength=ngrams.n_buckets)
    rarity = (np.log((1 + len(examples)) / (1 + in_texts)) + 1).astype(np.float32)
    regression = LogisticRegression(C=config.wide_inverse_penalty, solver="liblinear", max_iter=1_000, random_state=0)
    labels = np.asarray([example.is_spam for example in examples])
    rows = weighted(counts, rarity)
    matrix = csr_matrix((rows.values, rows.buckets, rows.starts), shape=(len(examples), ngrams.n_buckets))
    regression.fit(matrix, labels, np.asarray(weights_of(examples, config.linear_correction_weight)))
    return NGramModel(ngrams, rarity, regression.coef_[0].astype(np.float32), float(regression.intercept_[0]))
