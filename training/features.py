"""The frozen trunk's outputs: they never change during a run, so each text passes the trunk once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from classifier.model import Trunk
from classifier.spam import BATCH_TOKENS, WINDOW, pad
from classifier.tokenizer import Tokenizer


@dataclass(frozen=True)
class Features:
    """What the trunk made of each text: one (T, D) tensor a text, of its own length, fp16."""

    hidden: list[Tensor]

    def batch(self, indices: Sequence[int]) -> tuple[Tensor, Tensor]:
        """The texts' hidden states padded with zeros to (B, T, D), fp32, and their lengths (B,)."""
        chosen = [self.hidden[i] for i in indices]
        lengths = torch.tensor([len(hidden) for hidden in chosen])
        padded = torch.zeros(len(chosen), int(lengths.max()), chosen[0].shape[1])
        for row, hidden in zip(padded, chosen, strict=True):
            row[: len(hidden)] = hidden
        return padded, lengths

    def part(self, start: int, stop: int) -> Features:
        """The features of texts start to stop - 1."""
        return Features(self.hidden[start:stop])

    @property
    def lengths(self) -> list[int]:
        return [len(hidden) for hidden in self.hidden]


@torch.inference_mode()
def compute(
    trunk: Trunk, tokenizer: Tokenizer, texts: Sequence[str], advance: Callable[[int], None], dtype: torch.dtype
) -> Features:
    """Pass each text through the trunk in products of `dtype`; texts beyond the window are cut. `advance(n)` is told as n more are done."""
    longest = min(WINDOW, trunk.config.context_length)
    ids = [tokenizer.encode(text)[:longest] or [0] for text in texts]
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    hidden: list[Tensor] = [torch.empty(0)] * len(ids)
    while order:
        size = max(1, BATCH_TOKENS // len(ids[order[min(len(order) - 1, 256)]]))
        batch, order = order[: min(size, 256)], order[min(size, 256) :]
        padded, lengths = pad([ids[i] for i in batch])
        with torch.autocast("cpu", dtype=dtype, enabled=dtype != torch.float32):
            made = trunk(padded).half()
        for row, i, length in zip(made, batch, lengths.tolist(), strict=True):
            hidden[i] = row[:length].clone()
        advance(len(batch))
    return Features(hidden)
