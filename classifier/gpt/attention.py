"""Attention over packed texts, computed by plain matrix products."""

from __future__ import annotations

import torch
from torch import Tensor

from classifier.gpt.packing import Squares


def attend(q: Tensor, k: Tensor, v: Tensor, at: Squares, hidden: Tensor) -> Tensor:
    """Mixed values, (B K, rows, E): the query heads of one key head are rows of one product; softmax is fp32.

    `hidden` is added to the scores: -inf where a query may not attend.
    """
    q, k, v = (part.reshape(at.n_texts * at.n_keys, -1, k.shape[1]) for part in (q, k, v))
    scores = torch.bmm(q, k.transpose(1, 2)).float().add_(hidden)
    return torch.bmm(scores.softmax(-1).to(v.dtype), v)
