"""Texts that say the same with other numbers: Jaccard similarity of character 5-shingles, followed transitively.

Computed exactly, where MinHash (Broder, 1997) would estimate it: texts this similar share one of their rarest
shingles (prefix filtering; Chaudhuri et al., 2006), so only those that do are compared.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
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
    rarest = _rarest(shingles)
    links = vstack([_links(shingles, rarest, start) for start in range(0, len(texts), ROWS_AT_ONCE)])
    numbers: NDArray[np.int32] = connected_components(links, directed=False)[1]
    return numbers


def _shingles(text: str) -> list[str]:
    return [text[i : i + SHINGLE] for i in range(len(text) - SHINGLE + 1)]


def _rarest(shingles: csr_matrix) -> csr_matrix:
    """The same with each text's rarest shingles alone: so many that two near texts share at least one of them."""
    sizes = np.diff(shingles.indptr)
    rarity = np.bincount(shingles.indices, minlength=shingles.shape[1])[shingles.indices]
    rows = np.repeat(np.arange(len(sizes)), sizes)
    order = np.lexsort((shingles.indices, rarity, rows))  # by row, then by rarity, then in one order for all texts
    place = np.arange(len(order)) - np.repeat(shingles.indptr[:-1], sizes)
    kept = place < np.repeat(sizes - np.ceil(SAME * sizes).astype(np.int64) + 1, sizes)
    chosen = order[kept]
    ones = np.ones(len(chosen), dtype=np.int32)
    return csr_matrix((ones, (rows[chosen], shingles.indices[chosen])), shape=shingles.shape)


def _links(shingles: csr_matrix, rarest: csr_matrix, start: int) -> csr_matrix:
    """1 where a text of these rows is near another: (rows, B)."""
    sizes = np.diff(shingles.indptr)
    row, column = (rarest[start : start + ROWS_AT_ONCE] @ rarest.T).nonzero()
    later = column >= row + start  # each pair once
    row, column = row[later], column[later]
    shared = _shared(shingles, row + start, column)
    near = shared >= SAME * (sizes[row + start] + sizes[column] - shared)
    n_rows = min(ROWS_AT_ONCE, shingles.shape[0] - start)
    return csr_matrix((np.ones(int(near.sum()), dtype=np.int8), (row[near], column[near])), shape=(n_rows, len(sizes)))


def _shared(shingles: csr_matrix, ones: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many shingles the texts of each pair share."""
    found = [np.zeros(0, dtype=np.int64)]
    for i in range(0, len(ones), 20_000):
        both = shingles[ones[i : i + 20_000]].multiply(shingles[others[i : i + 20_000]])
        found.append(np.asarray(both.sum(axis=1)).ravel())
    return np.concatenate(found)
