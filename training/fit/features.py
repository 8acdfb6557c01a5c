"""The frozen networks' outputs for a text. They never change, so each text passes once and its outputs are cached."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from classifier import resident_memory
from classifier.gpt import lanes
from classifier.gpt.model import Trunk
from classifier.gpt.padded import batches, pad
from classifier.gpt.pretrained import BaseModel
from classifier.gpt.tokenizer import Tokenizer
from classifier.windows import WINDOW
from training.fit.embeddings import Embedder, Embeddings
from training.fit.feature_cache import FeatureCache, key

TOGETHER = 1_024  # padded positions that one thread takes through the trunk together
LOOKED_UP = 512  # texts looked up in the cache together, so that a large snapshot is never in memory twice

Advance = Callable[[int], None]  # called with the number of further texts that are done


@dataclass(frozen=True)
class Features:
    """The trunk's outputs, one fp16 tensor (T, D) for each text, of its own length; and the encoder's vectors."""

    hidden: list[Tensor]
    embeddings: Embeddings | None = None  # (B, E)

    def batch(self, indices: Sequence[int]) -> tuple[Tensor, Tensor]:
        """The texts' hidden states padded with zeros to (B, T, D), fp32, and their lengths (B,)."""
        chosen = [self.hidden[i] for i in indices]
        lengths = torch.tensor([len(hidden) for hidden in chosen])
        padded = torch.zeros(len(chosen), int(lengths.max()), chosen[0].shape[1])
        for row, hidden in zip(padded, chosen, strict=True):
            row[: len(hidden)] = hidden
        return padded, lengths

    def __len__(self) -> int:
        return len(self.hidden)

    def part(self, start: int, stop: int) -> Features:
        """The features of texts start to stop - 1."""
        return Features(
            self.hidden[start:stop], self.embeddings if self.embeddings is None else self.embeddings[start:stop]
        )

    @property
    def lengths(self) -> list[int]:
        return [len(hidden) for hidden in self.hidden]


class Reader:
    """The frozen networks of a run with their cache: texts in, features out."""

    def __init__(
        self,
        base: BaseModel,
        frozen_blocks: int,
        dtype: torch.dtype,
        cache: FeatureCache | None,
        embedder: Embedder | None = None,
    ) -> None:
        self.embedder = embedder
        self.trunk: Trunk = base.trunk(frozen_blocks)
        self._tokenizer, self._dtype, self._cache = base.tokenizer, dtype, cache
        self._hash = trunk_hash(self.trunk, dtype) if cache else ""
        self._pages = resident_memory.all_pages(self.trunk.parameters())
        self.rest()

    def read(self, texts: Sequence[str], advance: Advance = lambda _: None) -> Features:
        """The features of each text, cut to the window. They do not depend on which texts are read together."""
        return Features(self._hidden(texts, advance), self.embed(texts))

    def embed(self, texts: Sequence[str], advance: Advance = lambda _: None) -> Embeddings | None:
        """The encoder's vectors alone, (B, E), or None without an encoder."""
        return self.embedder.embed(texts, advance) if self.embedder else None

    def rest(self) -> None:
        """Give back what reading took: freed memory, and the pages of the trunk's file, which the next text maps again."""
        for pages in self._pages:
            pages.release()
        resident_memory.give_back()

    def _hidden(self, texts: Sequence[str], advance: Advance) -> list[Tensor]:
        ids = tokens(self._tokenizer, texts, self.trunk.config.context_length)
        hidden: list[Tensor] = []
        for start in range(0, len(ids), LOOKED_UP) if self._cache else ():
            hidden += self._looked_up(ids[start : start + LOOKED_UP], advance)
        if self._cache:
            self._cache.trim()
            return hidden
        return _in_order(compute(self.trunk, ids, advance, self._dtype), len(ids))

    def _looked_up(self, ids: list[list[int]], advance: Advance) -> list[Tensor]:
        assert self._cache is not None
        keys = [key(self._hash, sequence) for sequence in ids]
        cached = self._cache.get(list(set(keys)), self.trunk.config.d_model)
        missing = {k: sequence for k, sequence in zip(keys, ids, strict=True) if k not in cached}
        advance(sum(k in cached for k in keys))
        computed = compute(self.trunk, list(missing.values()), advance, self._dtype)
        fresh = dict(zip(missing, _in_order(computed, len(missing)), strict=True))
        if fresh:
            self._cache.put(fresh.items())
        advance(sum(k in fresh for k in keys) - len(fresh))  # repeats of a text that was computed once
        return [cached[k] if k in cached else fresh[k] for k in keys]


def tokens(tokenizer: Tokenizer, texts: Sequence[str], context_length: int) -> list[list[int]]:
    """Token ids of each text, cut to the window; a text without tokens gets one."""
    longest = min(WINDOW, context_length)
    return [tokenizer.encode(text)[:longest] or [0] for text in texts]


def compute(
    trunk: Trunk, ids: Sequence[Sequence[int]], advance: Advance, dtype: torch.dtype
) -> Iterator[tuple[int, Tensor]]:
    """Pass each text through the trunk in products of `dtype`. Yields its index and hidden states (T, D), fp16.

    Only texts of one padded length pass together, and each product is one thread's, so that a text's products are cut
    up, and rounded, in the same way whatever stands beside it and however many threads there are.
    """

    @torch.inference_mode()
    def passed(part: tuple[int, list[int]]) -> list[tuple[int, Tensor]]:
        width, batch = part
        padded, lengths = pad([ids[i] for i in batch], width)
        with torch.autocast("cpu", dtype=dtype, enabled=dtype != torch.float32):
            outputs = trunk(padded).half()
        return [(i, row[:length].clone()) for row, i, length in zip(outputs, batch, lengths.tolist(), strict=True)]

    for states in lanes.each(batches([len(sequence) for sequence in ids], TOGETHER), passed):
        yield from states
        advance(len(states))


def _in_order(computed: Iterator[tuple[int, Tensor]], n: int) -> list[Tensor]:
    hidden: list[Tensor] = [torch.empty(0)] * n
    for i, states in computed:
        hidden[i] = states
    return hidden


def trunk_hash(trunk: Trunk, dtype: torch.dtype) -> str:
    """A hash of what the features depend on besides the text: weights, shapes, the products' type and torch."""
    digest = hashlib.sha256(repr((trunk.config, dtype, torch.__version__)).encode())
    for name, weight in sorted(trunk.state_dict().items()):
        digest.update(name.encode())
        digest.update(weight.numpy().tobytes())
    return digest.hexdigest()
