"""The encoder's vector of each text, computed once and cached beside the trunk's features."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from classifier.encoder.head import TO_THE_END, ReadOut
from classifier.encoder.serving import ServingEncoder
from classifier.encoder.stored import Encoder
from classifier.reading import FOLDED
from training.fit.feature_cache import FeatureCache, key
from training.fit.recipe import TrainConfig

AT_ONCE = 256  # texts that are embedded and stored together

Embeddings = NDArray[np.float32]
Advance = Callable[[int], None]  # called with the number of further texts that are done


class Embedder:
    """A prepared encoder with its cache: texts in, vectors out."""

    def __init__(
        self,
        encoder: Encoder,
        dtype: torch.dtype,
        cache: FeatureCache | None,
        manner: int = FOLDED,
        read_out: ReadOut = TO_THE_END,
    ) -> None:
        self.encoder, self.read_out = encoder, read_out
        self._dtype, self._cache = dtype, cache
        self._serving = ServingEncoder(encoder, dtype, manner)
        self._hash = encoder_hash(encoder, dtype, read_out.blocks) if cache else ""

    @classmethod
    def of(cls, encoder: Encoder, dtype: torch.dtype, cache: FeatureCache | None, config: TrainConfig) -> Embedder:
        """The encoder as the recipe reads it."""
        blocks = max(1, round(config.encoder_depth * encoder.config.n_blocks))
        return cls(encoder, dtype, cache, config.ngram_manner, ReadOut(blocks, config.encoder_prefixed))

    def embed(self, texts: Sequence[str], advance: Advance = lambda _: None) -> Embeddings:
        """(B, E), fp32, of the first window of each text, rounded to fp16 whether from the cache or not."""
        parts = [np.zeros((0, self.encoder.config.d_model), np.float32)]
        for start in range(0, len(texts), AT_ONCE):
            parts.append(self._embed([self._ids(text) for text in texts[start : start + AT_ONCE]]))
            advance(len(parts[-1]))
        if self._cache is not None:
            self._cache.trim()
        return np.concatenate(parts)

    def _ids(self, text: str) -> list[int]:
        return self._serving.windows(text, self.read_out.prefixed)[0]

    def _embed(self, ids: list[list[int]]) -> Embeddings:
        if self._cache is None:
            return np.asarray(self._serving.embed(ids, self.read_out.blocks).half().float().numpy())
        keys = [key(self._hash, sequence) for sequence in ids]
        cached = self._cache.get(list(set(keys)), self.encoder.config.d_model)
        missing = {k: sequence for k, sequence in zip(keys, ids, strict=True) if k not in cached}
        if missing:
            fresh = self._serving.embed(list(missing.values()), self.read_out.blocks).half()
            cached |= {k: row[None] for k, row in zip(missing, fresh, strict=True)}
            self._cache.put((k, cached[k]) for k in missing)
        return np.asarray(torch.cat([cached[k] for k in keys]).float().numpy())


def encoder_hash(encoder: Encoder, dtype: torch.dtype, blocks: int | None) -> str:
    """A hash of what the vectors depend on besides the text: every weight, the shape and depth, the products' type, torch."""
    digest = hashlib.sha256(repr((encoder.config, blocks, dtype, torch.__version__)).encode())
    for name, weight in sorted(encoder.weights.items()):
        digest.update(name.encode())
        digest.update(weight.contiguous().numpy().tobytes())
    return digest.hexdigest()
