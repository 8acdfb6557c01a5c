"""Where each token of many texts stands when the texts lie end to end, without padding between them.

Products see (N, D), the tokens of all texts one after another. Only attention must know which text a token belongs to:
for it, queries, keys and values are gathered into one square for each text, as wide as the text rounded up to a multiple
of WIDTH. What fills a square up is never attended to, as attention is causal, and its output is not gathered back. The
width depends on the text alone, so that its scores are rounded in the same way whatever stands beside it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import torch
from torch import Tensor
from torch.nn import functional as F

WIDTH = 16
TILE = 32  # the number of all rows is a multiple: each number of rows costs kernels of its own, in time and memory
CHUNK_TOKENS = 1_024  # tokens that go through the network together, about


@dataclass(frozen=True)
class Heads:
    """How the columns of the fused q-k-v product are cut: `queries` of E, then `keys` of E, then `keys` of E."""

    queries: int
    keys: int

    @property
    def all(self) -> int:
        """H + 2 K."""
        return self.queries + 2 * self.keys


@dataclass(frozen=True)
class Squares:
    """Neighbouring texts of one width: B of them, each in a square of T positions."""

    width: int
    n_texts: int
    n_keys: int
    texts: slice
    queries: slice  # B H T rows
    keys: slice  # B K T rows
    ahead: Tensor  # (H / K T, T): 0 where a position sees a key, -inf where the key lies ahead of it
    beyond: Tensor  # (B K, 1, T): the same for the last token of each text


@dataclass(frozen=True)
class Packing:
    """Row numbers, in tensors of one head (E) a row, that lead from the packed texts to the squares and back."""

    positions: Tensor  # (N,) of each token in its text; N is a multiple of TILE, the last few rows belong to no text
    last: Tensor  # (B,) the last token of each text
    squares: list[Squares]
    q: Tensor  # (sum of B H T,) out of N (H + 2 K) rows
    k: Tensor  # (sum of B K T,)
    v: Tensor  # (sum of B K T,)
    back: Tensor  # (N H,) out of (sum of B H T) rows


def chunks(lengths: Sequence[int], lanes: int) -> list[list[int]]:
    """Indices of the texts, shortest first, in chunks of about equal work, the same number for each lane."""
    rounds = math.ceil(sum(lengths) / (CHUNK_TOKENS * lanes))
    budget = math.ceil(sum(lengths) / max(1, rounds * lanes))
    by_chunk: dict[int, list[int]] = {}
    before = 0
    for i in sorted(range(len(lengths)), key=lengths.__getitem__):
        by_chunk.setdefault(before // budget, []).append(i)
        before += lengths[i]
    return list(by_chunk.values())


def pack(lengths: Sequence[int], heads: Heads) -> Packing:
    """Lay texts of these lengths, shortest first, end to end."""
    sizes = torch.tensor(lengths)
    ends = sizes.cumsum(0)
    starts = ends - sizes
    squares = list(_squares(lengths, heads))
    picks = [_picks(starts[at.texts], sizes[at.texts], at, heads) for at in squares]
    q, k, back = (torch.cat(parts) for parts in zip(*picks, strict=True))
    positions = torch.arange(int(ends[-1])) - starts.repeat_interleave(sizes)
    spare = -len(positions) % TILE
    positions, back = F.pad(positions, (0, spare)), F.pad(back, (0, spare * heads.queries))
    return Packing(positions, ends - 1, squares, q, k, k + heads.keys, back)


def square_width(length: int) -> int:
    """The length rounded up to a multiple of WIDTH."""
    return -(-length // WIDTH) * WIDTH


def _squares(lengths: Sequence[int], heads: Heads) -> Iterator[Squares]:
    first = rows = 0  # rows of one head, in all squares so far
    for width, group in groupby(lengths, key=square_width):
        sizes = torch.tensor(list(group))
        stop, rows_stop = first + len(sizes), rows + len(sizes) * width
        place = torch.arange(width)
        yield Squares(
            width,
            len(sizes),
            heads.keys,
            texts=slice(first, stop),
            queries=slice(rows * heads.queries, rows_stop * heads.queries),
            keys=slice(rows * heads.keys, rows_stop * heads.keys),
            ahead=_hidden(place > place[:, None]).repeat(heads.queries // heads.keys, 1),
            beyond=_hidden(place >= sizes[:, None, None]).repeat_interleave(heads.keys, 0),
        )
        first, rows = stop, rows_stop


def _hidden(where: Tensor) -> Tensor:
    return torch.zeros(where.shape).masked_fill_(where, -torch.inf)


def _picks(starts: Tensor, sizes: Tensor, at: Squares, heads: Heads) -> tuple[Tensor, Tensor, Tensor]:
    """Row numbers of queries and keys for squares of one width, and of outputs on the way back."""
    place = torch.arange(at.width)
    tokens = (starts[:, None] + place.minimum(sizes[:, None] - 1))[:, None] * heads.all  # (B, 1, T)
    q = tokens + torch.arange(heads.queries)[:, None]
    k = tokens + torch.arange(heads.queries, heads.queries + heads.keys)[:, None]
    square = torch.arange(at.n_texts) * heads.queries * at.width - (starts - starts[0])
    rows = at.queries.start + square.repeat_interleave(sizes) + torch.arange(int(sizes.sum()))
    back = rows[:, None] + torch.arange(heads.queries) * at.width  # (n, H)
    return q.flatten(), k.flatten(), back.flatten()
