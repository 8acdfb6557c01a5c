"""Low-rank updates beside frozen linear layers: "LoRA" (Hu et al., 2021).

The update is `alpha * x A B`, as the course scales it; the paper divides alpha by the rank.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class LoRALinear(nn.Module):
    """A frozen linear layer plus a learned product of two thin matrices, which starts at zero."""

    def __init__(self, frozen: nn.Linear, rank: int, alpha: float) -> None:
        super().__init__()
        self.frozen = frozen.requires_grad_(False)
        self.alpha = alpha
        self.down = nn.Parameter(torch.empty(frozen.in_features, rank))
        self.up = nn.Parameter(torch.zeros(rank, frozen.out_features))
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))  # as nn.Linear draws its own

    def forward(self, x: Tensor) -> Tensor:
        """(…, in) -> (…, out)."""
        return self.frozen(x) + self.alpha * (x @ self.down @ self.up)


def adapt(network: nn.Module, rank: int = 16, alpha: float = 16.0) -> None:
    """Freeze the network and put an update beside each of its linear layers, in place."""
    network.requires_grad_(False)
    for parent in list(network.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.Linear):
                setattr(parent, name, LoRALinear(child, rank, alpha))
