"""Texts that say the same with other numbers: Jaccard similarity of character 5-shingles, followed transitively.

Computed exactly, through products of sparse matrices, where MinHash (Broder, 1997) would estimate it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix, vstack
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import CountVectorizer

SHINGLE = 5  # characters
SAME = 0.8
ROWS_AT_ONCE = 500


def groups(texts: Sequence[str]) -> NDArray[np.int32]:
    """The number of each text's group, (B,): lower-cased, digits as 0, Jaccard similarity at least 0.8."""
    plain = [re.sub(r"\d", "0", text.lower()).ljust(SHINGLE, "\x00") for text in texts]
    vectorizer = CountVectorizer(analyzer=_shingles, binary=True, dtype=np.int32)
    shingles = csr_matrix(vectorizer.fit_transform(plain))
    links = vstack([_links(shingles, start) for start in range(0, len(texts), ROWS_AT_ONCE)])
    numbers: NDArray[np.int32] = connected_components(links, directed=False)[1]
    return numbers


def _shingles(text: str) -> list[str]:
    return [text[i : i + SHINGLE] for i in range(len(text) - SHINGLE + 1)]


def _links(shingles: csr_matrix, start: int) -> csr_matrix:
    """1 where a text of these rows is near another: (rows, B)."""
    sizes = np.diff(shingles.indptr)
    shared = coo_matrix(shingles[start : start + ROWS_AT_ONCE] @ shingles.T)
    either = sizes[shared.row + start] + sizes[shared.col] - shared.data
    near = shared.data >= SAME * either
    ones = np.ones(int(near.sum()), dtype=np.int8)
    return csr_matrix((ones, (shared.row[near], shared.col[near])), shape=shared.shape)
