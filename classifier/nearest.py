"""Which known examples are nearest to a text in meaning, in any language: cosines of the encoder's vectors.

Vectors of unrelated texts are far from perpendicular (Ethayarajh, 2019): those of multilingual-e5-small have cosines of
about 0.8. Similarities here are scaled so that 0 is that of unrelated texts and 1 that of a text with itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.encoder.serving import ServingEncoder
from classifier.ngrams import Vector

UNRELATED = (
    "Who is feeding the cat tonight?",
    "El partido empieza a las ocho",
    "Скиньте домашнее задание по физике",
    "Der Aufzug ist schon wieder kaputt",
    "明天下午三点开会",
    "Spare key is under the mat",
)
LEAST = 0.3  # texts less similar share a script or a tone, hardly ever a subject (docs/experiments.md)
TOKENS = 64  # read of each text: nineteen chat messages in twenty have fewer
READ_AT_ONCE = 50  # new texts: about a second of one core without bf16


class Meanings:
    """An encoder that remembers the vectors of known examples."""

    def __init__(self, encoder: ServingEncoder) -> None:
        self._encoder = encoder
        self._vectors: dict[str, Vector] = {}
        self._of_unrelated: float | None = None

    def similarities(
        self, text: str, others: Sequence[str], promising: NDArray[np.floating[Any]]
    ) -> NDArray[np.float64]:
        """The similarity of the text to each of the others, (B,); 0 for those that are not near, or not read yet.

        A call reads at most READ_AT_ONCE texts that it has no vector of, the most `promising` (B,) first, and forgets
        the vectors of texts that are no longer among the others: an erased text leaves no trace.
        """
        self._remember(others, promising)
        embedded = [i for i, other in enumerate(others) if other in self._vectors]
        similarities = np.zeros(len(others))
        if embedded:
            cosines = np.stack([self._vectors[others[i]] for i in embedded]) @ self._read([text])[0]
            similarities[embedded] = (cosines - self._unrelated()) / (1 - self._unrelated())
        return np.where(similarities >= LEAST, np.minimum(similarities, 1.0), 0.0)

    def _remember(self, others: Sequence[str], promising: NDArray[np.floating[Any]]) -> None:
        order = [others[i] for i in (-promising).argsort(kind="stable")]
        vectors = {other: self._vectors[other] for other in others if other in self._vectors}
        fresh = list(dict.fromkeys(other for other in order if other not in vectors))[:READ_AT_ONCE]
        self._vectors = vectors | dict(zip(fresh, self._read(fresh), strict=True))

    def _unrelated(self) -> float:
        """The mean cosine of texts that have nothing to do with each other."""
        if self._of_unrelated is None:
            vectors = self._read(UNRELATED)
            self._of_unrelated = float((vectors @ vectors.T)[np.triu_indices(len(vectors), 1)].mean())
        return self._of_unrelated

    def _read(self, texts: Sequence[str]) -> Vector:
        """(B, D), each of length 1."""
        if not texts:
            return np.zeros((0, self._encoder.config.d_model), np.float32)
        return self._encoder.embed([self._encoder.windows(text)[0][:TOKENS] for text in texts]).numpy()
