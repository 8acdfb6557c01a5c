"""The wide half: hashed character n-grams, weighted and summed, whose logit is added to the GPT's.

The idea is "wide and deep" (Cheng et al., 2016): the deep half generalises, the wide half remembers, and learns a
new domain from few corrections. Hashing (Weinberger et al., 2009) needs no vocabulary, so any script works.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import HashingVectorizer

from classifier.disguise import undisguised

Vector = NDArray[np.float32]


@dataclass(frozen=True)
class NGrams:
    """Which n-grams count: runs of characters within words, padded with a space at either end."""

    shortest: int = 1
    longest: int = 5
    n_buckets: int = 2**18

    @cached_property
    def _vectorizer(self) -> HashingVectorizer:
        return HashingVectorizer(
            analyzer="char_wb",
            ngram_range=(self.shortest, self.longest),
            n_features=self.n_buckets,
            preprocessor=lambda text: undisguised(text).lower(),
            norm=None,
            alternate_sign=False,
            dtype=np.float32,
        )

    def counts(self, texts: Sequence[str]) -> csr_matrix:
        """(B, n_buckets): 1 + ln of how often each n-gram stands in each text."""
        counted = self._vectorizer.transform(texts)
        counted.data = 1 + np.log(counted.data)
        return counted


@dataclass(frozen=True)
class Wide:
    """Inverse document frequencies and weights of the buckets, both (n_buckets,), and a bias."""

    ngrams: NGrams
    rarity: Vector
    weights: Vector
    bias: float

    def logits(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Log-odds of spam of each text, (B,)."""
        return self.logits_of(self.ngrams.counts(texts))

    def logits_of(self, counts: csr_matrix) -> NDArray[np.float64]:
        """The same, of what `NGrams.counts` made: TF-IDF scaled to unit length, times the weights."""
        rows = weighted(counts, self.rarity)
        return np.asarray(_sums(rows, rows.data * self.weights[rows.indices]) + self.bias)


@dataclass(frozen=True)
class Blend:
    """How the halves' log-odds become one: the wide one's share is added, the sum shifted and divided.

    The shift takes back what both halves count, each for itself: how rare spam is.
    """

    wide_share: float = 0.0
    temperature: float = 1.0
    shift: float = 0.0

    def log_odds(self, gpt: Sequence[float], wide: Sequence[float]) -> list[float]:
        """(B,) and (B,) -> (B,)."""
        return [(g + self.wide_share * w + self.shift) / self.temperature for g, w in zip(gpt, wide, strict=True)]


def weighted(counts: csr_matrix, rarity: Vector) -> csr_matrix:
    """Each count times its n-gram's rarity, each row then scaled to length 1 (an empty row stays empty)."""
    values = counts.data * rarity[counts.indices]
    lengths = np.sqrt(np.maximum(_sums(counts, values * values), 1e-12)).astype(np.float32)
    scaled = values / np.repeat(lengths, np.diff(counts.indptr))
    return csr_matrix((scaled, counts.indices, counts.indptr), shape=counts.shape)


def _sums(rows: csr_matrix, values: Vector) -> NDArray[np.float64]:
    """The sum over each row of values that stand where the matrix's do, (B,)."""
    of_row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    return np.bincount(of_row, weights=values, minlength=rows.shape[0]).astype(np.float64)
