"""A linear probe (Alain & Bengio, 2016): one weighted sum of the frozen blocks' hidden states of a text.

The trained blocks overfit to a task sooner than they learn a new chat from a handful of corrections; a sum over states
that pretraining left general does the opposite. Its log-odds are added to the network's.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

NORM_EPS = 1e-5


class Probe(nn.Module):
    """Log-odds of spam from the mean, the last and the largest of a text's normed hidden states."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.sum = nn.Linear(3 * width, 1)

    def forward(self, texts: Sequence[Tensor]) -> Tensor:
        """B texts' hidden states, each (T, D) of its own length -> (B,), fp32."""
        with torch.autocast("cpu", enabled=False):
            return F.linear(pooled(texts), self.sum.weight.float(), self.sum.bias.float()).squeeze(1)


def pooled(texts: Sequence[Tensor]) -> Tensor:
    """Each text's (T, D) -> (B, 3 D), fp32: mean, last and largest over its tokens, each first scaled by its root mean square.

    Unscaled, the few huge values of the first token would be the largest in every text.
    """
    return torch.stack([_pooled(F.rms_norm(text.float(), text.shape[1:], None, NORM_EPS)) for text in texts])


def _pooled(text: Tensor) -> Tensor:
    return torch.cat((text.mean(0), text[-1], text.amax(0)))
