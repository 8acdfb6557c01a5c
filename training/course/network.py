"""The course's network: the first blocks of a base model, two classes, and a choice of what learns and what is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor, nn

from classifier.gpt.model import Head, SpamGPT, Trunk
from classifier.gpt.padded import BATCH_TOKENS, pad
from classifier.gpt.pretrained import BaseModel
from training.course import lora
from training.course.batches import Position, Side

Trained = Literal["last layer", "last block", "last two blocks", "all", "LoRA"]


@dataclass(frozen=True)
class Design:
    """What is built of a base model. The default is the course's recipe."""

    blocks: int = 12
    trained: Trained = "last block"
    position: Position = "last"
    pretrained: bool = True
    causal: bool = True

    @property
    def learning_blocks(self) -> int:
        """The number of blocks that a gradient must reach or pass, at least the last one."""
        return {"last two blocks": 2, "all": self.blocks, "LoRA": self.blocks}.get(self.trained, 1)

    @property
    def has_frozen_trunk(self) -> bool:
        """Whether the blocks before the head never change, so that their outputs may be computed once."""
        return self.trained != "all"


class AveragingHead(Head):
    """A head whose logits are the mean over every position, the padded ones too."""

    def forward(self, hidden: Tensor, lengths: Tensor) -> Tensor:
        """hidden: (B, T, D) -> logits (B, 2), fp32."""
        x = hidden
        for block in self.blocks:
            x = block(x, *self.tables(x))
        return self.classes(self.norm(x)).float().mean(dim=1)


def build(base: BaseModel, design: Design, seed: int) -> SpamGPT:
    """The network, its classes drawn at random and only what the design names left to learn."""
    torch.manual_seed(seed)
    config = replace(base.config, causal=design.causal)
    frozen = design.blocks - design.learning_blocks
    network = SpamGPT(config, frozen, design.learning_blocks)
    if design.position == "mean":
        network.head = AveragingHead(config, design.learning_blocks)
    if design.pretrained:
        network.trunk.load_state_dict(base.trunk(frozen).state_dict())
        network.head.load_state_dict(base.blocks(frozen, design.blocks) | base.norm(), strict=False)
    choose_what_learns(network, design)
    return network


def choose_what_learns(network: SpamGPT, design: Design) -> None:
    """Freeze everything but what the design names."""
    if design.trained == "LoRA":
        network.trunk.requires_grad_(False)
        lora.adapt(network.head)
    elif design.trained == "last layer":
        network.requires_grad_(False)
        network.head.classes.requires_grad_(True)
    elif design.trained != "all":
        network.trunk.requires_grad_(False)


def learner(network: SpamGPT, design: Design) -> nn.Module:
    """The part that `fitting` runs at every step: the head alone where the trunk's outputs are computed once."""
    return network.head if design.has_frozen_trunk else network


@torch.no_grad()
def through_frozen(trunk: Trunk, side: Side, products: torch.dtype, advance: Callable[[int], None]) -> Side:
    """The side with each text's ids replaced by the frozen trunk's outputs, (T, D) fp32.

    They never change while the head learns, so each text passes the trunk once. `advance(n)` reports n more texts.
    """
    order = sorted(range(len(side)), key=lambda i: len(side.inputs[i]))
    outputs: list[Tensor] = [torch.empty(0)] * len(order)
    while order:
        size = max(1, BATCH_TOKENS // len(side.inputs[order[min(len(order), 64) - 1]]))
        batch, order = order[: min(size, 64)], order[min(size, 64) :]
        ids, lengths = pad([side.inputs[i].tolist() for i in batch])
        with torch.autocast("cpu", dtype=products, enabled=products != torch.float32):
            hidden = trunk(ids).float()
        for i, row, length in zip(batch, hidden, lengths.tolist(), strict=True):
            outputs[i] = row[:length].clone()
        advance(len(batch))
    return replace(side, inputs=outputs)
