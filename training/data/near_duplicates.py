"""Near-duplicates, such as texts that differ in their numbers: Jaccard similarity of character 5-shingles, transitively.

Computed exactly, where MinHash (Broder, 1997) would estimate it: texts this similar share one of their rarest
shingles (prefix filtering; Chaudhuri et al., 2006), so only those that do are compared.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import CountVectorizer

from storage.near_duplicates import SAME, normalised, shingles_of

ROWS_AT_ONCE = 500
PAIRS_AT_ONCE = 20_000


def groups(texts: Sequence[str]) -> NDArray[np.int32]:
    """The number of each text's group, (B,): lower-cased, digits as 0, Jaccard similarity at least 0.8."""
    place: dict[str, int] = {}  # of each distinct text, so that many copies of one text are cheap
    places = [place.setdefault(normalised(text), len(place)) for text in texts]
    return _groups([*place])[places]


def _groups(texts: Sequence[str]) -> NDArray[np.int32]:
    shingles = _rows(texts)
    rarest = _rarest(shingles)
    links = vstack([_links(shingles, rarest, start) for start in range(0, len(texts), ROWS_AT_ONCE)])
    numbers: NDArray[np.int32] = connected_components(links, directed=False)[1]
    return numbers


def near(texts: Sequence[str], others: Sequence[str]) -> NDArray[np.bool_]:
    """Whether each text, (B,), is that similar to any of the others, in time that grows with their number, not its square."""
    has_near = np.zeros(len(texts), dtype=bool)
    if not texts or not others:
        return has_near
    shingles = _rows([*texts, *others])
    ours, theirs = shingles[: len(texts)], shingles[len(texts) :]
    rarest, by_shingle = _rarest(shingles)[: len(texts)], theirs.T.tocsr()
    for start in range(0, len(texts), ROWS_AT_ONCE):
        row, column = (rarest[start : start + ROWS_AT_ONCE] @ by_shingle).nonzero()
        has_near[row[_are_near(ours, row + start, theirs, column)] + start] = True
    return has_near


def _rows(texts: Sequence[str]) -> csr_matrix:
    """1 for each shingle of each text: (B, shingles)."""
    vectorizer = CountVectorizer(analyzer=shingles_of, binary=True, dtype=np.int32)
    return csr_matrix(vectorizer.fit_transform([normalised(text) for text in texts]))


def _rarest(shingles: csr_matrix) -> csr_matrix:
    """Only each text's rarest shingles: as many as make two near texts share at least one of them."""
    sizes = np.diff(shingles.indptr)
    rarity = np.bincount(shingles.indices, minlength=shingles.shape[1])[shingles.indices]
    rows = np.repeat(np.arange(len(sizes)), sizes)
    order = np.lexsort((shingles.indices, rarity, rows))  # by row, then by rarity, then in one order for all texts
    place = np.arange(len(order)) - np.repeat(shingles.indptr[:-1], sizes)
    is_rare = place < np.repeat(sizes - np.ceil(SAME * sizes).astype(np.int64) + 1, sizes)
    chosen = order[is_rare]
    ones = np.ones(len(chosen), dtype=np.int32)
    return csr_matrix((ones, (rows[chosen], shingles.indices[chosen])), shape=shingles.shape)


def _links(shingles: csr_matrix, rarest: csr_matrix, start: int) -> csr_matrix:
    """1 where a text of the ROWS_AT_ONCE rows from `start` on is near another: (rows, B)."""
    row, column = (rarest[start : start + ROWS_AT_ONCE] @ rarest.T).nonzero()
    later = column >= row + start  # each pair once
    row, column = row[later], column[later]
    near = _are_near(shingles, row + start, shingles, column)
    n_rows, n_texts = min(ROWS_AT_ONCE, shingles.shape[0] - start), shingles.shape[0]
    return csr_matrix((np.ones(int(near.sum()), dtype=np.int8), (row[near], column[near])), shape=(n_rows, n_texts))


def _are_near(ones: csr_matrix, i: NDArray[np.int64], others: csr_matrix, j: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether row i of the ones and row j of the others are similar enough, for each pair."""
    shared = np.zeros(len(i), dtype=np.int64)
    for start in range(0, len(i), PAIRS_AT_ONCE):
        part = slice(start, start + PAIRS_AT_ONCE)
        shared[part] = np.asarray(ones[i[part]].multiply(others[j[part]]).sum(axis=1)).ravel()
    sizes = np.diff(ones.indptr)[i] + np.diff(others.indptr)[j]
    return np.asarray(shared >= SAME * (sizes - shared))
