"""Texts of similar length in padded batches: how frozen blocks read them in a run, and networks without a serving form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from classifier.gpt.model import SpamGPT

PAD_TO = 16  # texts are padded to a multiple of this many tokens
BATCH_TOKENS = 4_096  # padded positions a batch may hold; bounds memory whatever arrives


class PaddedGPT:
    """Token ids to logits for a network that has no serving form: the module itself, padded batch by padded batch."""

    def __init__(self, model: SpamGPT, dtype: torch.dtype) -> None:
        self._model = model.to(dtype).eval()

    def rest(self) -> None:
        """Its memory is its own: there is nothing to let go of."""

    @torch.inference_mode()
    def logits(self, sequences: Sequence[list[int]]) -> Tensor:
        """Token ids of B texts -> (B, 2) fp32, in the order of the texts."""
        logits = torch.empty(len(sequences), 2)
        for width, batch in batches([len(ids) for ids in sequences]):
            logits[batch] = self._model(*pad([sequences[i] for i in batch], width))
        return logits


def batches(lengths: Sequence[int], at_most: int = BATCH_TOKENS) -> Iterator[tuple[int, list[int]]]:
    """Padded widths, each with the indices of texts of that width, at most `at_most` padded positions together.

    The width of a text depends on its own length alone, so that its products are cut up, and in bf16 rounded, in the
    same way whatever stands beside it.
    """
    by_width: dict[int, list[int]] = {}
    for i, length in enumerate(lengths):
        by_width.setdefault(padded_length(length), []).append(i)
    for width, indices in sorted(by_width.items()):
        size = max(1, at_most // width)
        yield from ((width, indices[start : start + size]) for start in range(0, len(indices), size))


def padded_length(length: int) -> int:
    """The length rounded up to a multiple of PAD_TO."""
    return -(-length // PAD_TO) * PAD_TO


def pad(sequences: Sequence[Sequence[int]], width: int | None = None) -> tuple[Tensor, Tensor]:
    """Ids padded on the right with 0 to (B, T), and the real lengths (B,). T is `width`, or the longest's length."""
    lengths = torch.tensor([len(ids) for ids in sequences])
    padded = torch.zeros(len(sequences), width or int(lengths.max()), dtype=torch.long)
    for row, ids in zip(padded, sequences, strict=True):
        row[: len(ids)] = torch.tensor(ids)
    return padded, lengths
