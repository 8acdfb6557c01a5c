"""Texts as the course feeds them to the network: ids padded to one length with the end-of-text token, in batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from classifier.gpt.tokenizer import Tokenizer
from training.data.datasets import Example

Position = Literal["last", "first", "flexible", "mean"]

END_OF_TEXT = ("<|endoftext|>", "<|end_of_text|>", "</s>")  # GPT-2, SmolLM2 and Qwen2; Llama 3; older ones


@dataclass(frozen=True)
class Side:
    """One side of the split: what the learning part reads of each text, how much of that counts, and its class.

    inputs: (T,) token ids, or (T, D) outputs of the frozen blocks; lengths: (N,), the position read plus one;
    labels: (N,), 1 is spam.
    """

    inputs: list[Tensor]
    lengths: Tensor
    labels: Tensor

    def batch(self, indices: Sequence[int]) -> tuple[Tensor, Tensor, Tensor]:
        """Inputs padded with zeros to (B, T) or (B, T, D), lengths (B,), labels (B,)."""
        chosen = list(indices)
        return pad_sequence([self.inputs[i] for i in chosen], True), self.lengths[chosen], self.labels[chosen]

    def __len__(self) -> int:
        return len(self.inputs)


def longest(tokenizer: Tokenizer, training: Sequence[Example]) -> int:
    """Tokens of the longest training text: the length that all texts are padded or cut to, test texts too."""
    return max(len(tokenizer.encode(example.text)) for example in training)


def end_of_text(tokenizer: Tokenizer) -> int:
    """The id that pads: the token that ends a text, or the first special one."""
    special = tokenizer.special_tokens
    return next((special[name] for name in END_OF_TEXT if name in special), min(special.values(), default=0))


def padded(tokenizer: Tokenizer, text: str, length: int | None, limit: int) -> tuple[list[int], int]:
    """The text's ids, cut and padded to `length` (None: as long as the text, `limit` at most), and its real length."""
    padding = end_of_text(tokenizer)
    ids = tokenizer.encode(text)[: min(length or limit, limit)] or [padding]
    return ids + [padding] * ((length or 0) - len(ids)), len(ids)


def encode(
    tokenizer: Tokenizer, examples: Sequence[Example], length: int | None, limit: int, position: Position = "last"
) -> Side:
    """The examples as ids; `last` is the last position including padding, `flexible` the last of the text itself."""
    pairs = [padded(tokenizer, example.text, length, limit) for example in examples]
    return Side(
        [torch.tensor(ids) for ids, _ in pairs],
        torch.tensor([_read(ids, real, position) for ids, real in pairs]),
        torch.tensor([int(example.is_spam) for example in examples]),
    )


def _read(ids: list[int], real: int, position: Position) -> int:
    """How much of a text counts: everything up to the position that is read."""
    return {"first": 1, "flexible": real}.get(position, len(ids))


def in_order(size: int, batch_size: int) -> Iterator[range]:
    """Indices 0 to size - 1 in batches, the last one as small as it comes."""
    return (range(start, min(start + batch_size, size)) for start in range(0, size, batch_size))


def shuffled(size: int, batch_size: int, generator: torch.Generator) -> Iterator[list[int]]:
    """Indices in a random order, in whole batches: what is left over waits for another epoch."""
    order = torch.randperm(size, generator=generator).tolist()
    return (order[start : start + batch_size] for start in range(0, size - batch_size + 1, batch_size))
