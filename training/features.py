"""What the frozen networks make of a text: it never changes, so each text passes them once, and is then kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from classifier.model import Trunk
from classifier.pretrained import BaseModel
from classifier.spam import PAD_TO, WINDOW, pad
from classifier.tokenizer import Tokenizer
from training.embeddings import Embedder, Embeddings
from training.feature_cache import FeatureCache, key

BATCH_TOKENS = 4_096  # padded positions that pass the trunk together
LOOKED_UP = 512  # texts asked of the cache together: a large snapshot is never in memory twice

Advance = Callable[[int], None]  # told how many more texts are done


@dataclass(frozen=True)
class Features:
    """What the trunk made of each text: one (T, D) tensor a text, of its own length, fp16; and the encoder's vectors."""

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

    def read(self, texts: Sequence[str], advance: Advance = lambda _: None) -> Features:
        """The features of each text; one longer than the window is cut. A text's do not depend on its neighbours."""
        return Features(self._hidden(texts, advance), self.embed(texts))

    def embed(self, texts: Sequence[str], advance: Advance = lambda _: None) -> Embeddings | None:
        """The encoder's vectors alone, (B, E), or None without an encoder."""
        return self.embedder.embed(texts, advance) if self.embedder else None

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
        found = self._cache.get(list(set(keys)), self.trunk.config.d_model)
        missing = {k: sequence for k, sequence in zip(keys, ids, strict=True) if k not in found}
        advance(sum(k in found for k in keys))
        made = compute(self.trunk, list(missing.values()), advance, self._dtype)
        fresh = dict(zip(missing, _in_order(made, len(missing)), strict=True))
        if fresh:
            self._cache.put(fresh.items())
        advance(sum(k in fresh for k in keys) - len(fresh))  # repeats of a text that was made once
        return [found[k] if k in found else fresh[k] for k in keys]


def tokens(tokenizer: Tokenizer, texts: Sequence[str], context_length: int) -> list[list[int]]:
    """Token ids of each text, cut to the window; a text without any gets one."""
    longest = min(WINDOW, context_length)
    return [tokenizer.encode(text)[:longest] or [0] for text in texts]


@torch.inference_mode()
def compute(
    trunk: Trunk, ids: Sequence[Sequence[int]], advance: Advance, dtype: torch.dtype
) -> Iterator[tuple[int, Tensor]]:
    """Pass each text through the trunk in products of `dtype`. Yields its index and hidden states (T, D), fp16.

    Only texts of one padded length pass together, so that a text's products are cut up, and rounded, in the same
    way whatever stands beside it.
    """
    for width, batch in _batches([len(sequence) for sequence in ids]):
        padded, lengths = pad([list(ids[i]) for i in batch], width)
        with torch.autocast("cpu", dtype=dtype, enabled=dtype != torch.float32):
            made = trunk(padded).half()
        yield from ((i, row[:length].clone()) for row, i, length in zip(made, batch, lengths.tolist(), strict=True))
        advance(len(batch))


def _batches(lengths: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """Indices of texts of one padded length, at most BATCH_TOKENS padded positions together."""
    by_width: dict[int, list[int]] = {}
    for i, length in enumerate(lengths):
        by_width.setdefault(-(-length // PAD_TO) * PAD_TO, []).append(i)
    for width, members in sorted(by_width.items()):
        size = max(1, BATCH_TOKENS // width)
        yield from ((width, members[start : start + size]) for start in range(0, len(members), size))


def _in_order(made: Iterator[tuple[int, Tensor]], n: int) -> list[Tensor]:
    hidden: list[Tensor] = [torch.empty(0)] * n
    for i, states in made:
        hidden[i] = states
    return hidden


def trunk_hash(trunk: Trunk, dtype: torch.dtype) -> str:
    """What the features hang on besides the text: every weight, the shapes, the products' type, torch and its threads."""
    digest = hashlib.sha256(repr((trunk.config, dtype, torch.__version__, torch.get_num_threads())).encode())
    for name, weight in sorted(trunk.state_dict().items()):
        digest.update(name.encode())
        digest.update(weight.numpy().tobytes())
    return digest.hexdigest()
