"""The serving form of an encoder: texts end to end without padding, products laid out ahead, as in classifier/serving.py.

The vocabulary stays on its memory map, quantised; only the rows of a batch's tokens are made plain.

Shapes: N tokens of all texts, B texts, D width, H heads, E = D / H.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from classifier import lanes, packing
from classifier.attention import attend
from classifier.disguise import revealed
from classifier.encoder import quantised
from classifier.encoder.network import EncoderConfig
from classifier.encoder.stored import Encoder
from classifier.packing import Heads, Packing
from classifier.products import Product


class ServingEncoder:
    """Texts to vectors of length 1."""

    @lanes.one_thread()
    @torch.inference_mode()
    def __init__(self, encoder: Encoder, dtype: torch.dtype) -> None:
        """Prepare for products in `dtype`; fp32 weights are made plain in each product, so that they take a quarter of the memory."""
        self.config, self._tokenizer, weights = encoder.config, encoder.tokenizer, encoder.weights
        self._codes, self._scales = (weights[f"embedding.weight{end}"] for end in (quantised.CODES, quantised.SCALES))
        self._positions = weights["position.weight"].float().clone()
        self._norm = _Norm(weights, "norm", self.config)
        self._blocks = [_ServingBlock(weights, n, self.config, dtype) for n in range(self.config.n_blocks)]

    def windows(self, text: str) -> list[list[int]]:
        """The undisguised text's token ids in as many parts as do not fit in one, each in its frame."""
        content = self._tokenizer.content(self.config.prefix + revealed(text))
        room = self.config.context_length - 2
        return [self._tokenizer.framed(content[i : i + room]) for i in range(0, max(len(content), 1), room)]

    def embed(self, sequences: Sequence[Sequence[int]]) -> Tensor:
        """Token ids of B texts, each of 1 to context_length tokens -> (B, D) fp32, in the order of the texts."""
        return lanes.shared(sequences, self._embed, self.config.d_model)

    @torch.inference_mode()
    def _embed(self, sequences: Sequence[Sequence[int]]) -> Tensor:
        lengths = [len(ids) for ids in sequences]
        packed = packing.pack(lengths, Heads(self.config.n_heads, self.config.n_heads))
        ids = torch.tensor([token for ids in sequences for token in ids])
        ids = F.pad(ids, (0, len(packed.positions) - len(ids)))
        x = self._norm(quantised.plain(self._codes[ids], self._scales[ids]) + self._positions[packed.positions])
        for block in self._blocks:
            x = block(x, packed)
        means = torch.stack([text.mean(0) for text in torch.split(x[: sum(lengths)], lengths)])
        return F.normalize(means, dim=1)


class _ServingBlock:
    """One block's products, and its attention over packed texts."""

    def __init__(self, weights: Mapping[str, Tensor], n: int, config: EncoderConfig, dtype: torch.dtype) -> None:
        def made(name: str) -> Product | _KeptProduct:
            bias = weights[f"blocks.{n}.{name}.bias"].float().clone()
            if dtype == torch.float32:
                return _KeptProduct(weights, f"blocks.{n}.{name}.weight", bias)
            return Product(quantised.matrix(weights, f"blocks.{n}.{name}.weight"), dtype, bias=bias)

        self._d_head, self._dtype = config.d_head, dtype
        self._qkv, self._out, self._up, self._down = map(made, ("attention.qkv", "attention.out", "up", "down"))
        self._norms = [_Norm(weights, f"blocks.{n}.{name}", config) for name in ("norm_attention", "norm_feed")]

    def __call__(self, x: Tensor, packed: Packing) -> Tensor:
        """(N, D) -> (N, D), fp32."""
        heads = self._qkv(x.to(self._dtype)).view(-1, self._d_head)  # (N 3 H, E)
        q, k, v = (heads.index_select(0, rows) for rows in (packed.q, packed.k, packed.v))
        q = q * self._d_head**-0.5
        mixed = torch.cat(
            [attend(q[at.queries], k[at.keys], v[at.keys], at, at.beyond).flatten(0, 1) for at in packed.squares]
        )
        x = self._norms[0](x + self._out(mixed.index_select(0, packed.back).view(x.shape)))
        return self._norms[1](x + self._down(self._up.gelu(x.to(self._dtype))))


class _KeptProduct:
    """x -> x @ weight.T + bias in fp32, of a weight that stays quantised."""

    def __init__(self, weights: Mapping[str, Tensor], name: str, bias: Tensor) -> None:
        self._codes, self._scales = (weights[name + end].clone() for end in (quantised.CODES, quantised.SCALES))
        self._bias = bias

    def __call__(self, x: Tensor) -> Tensor:
        """(N, inputs) -> (N, outputs)."""
        return F.linear(x, quantised.plain(self._codes, self._scales), self._bias)

    def gelu(self, x: Tensor) -> Tensor:
        """GELU of the product."""
        return F.gelu(self(x))


class _Norm:
    """LayerNorm."""

    def __init__(self, weights: Mapping[str, Tensor], name: str, config: EncoderConfig) -> None:
        self._weight, self._bias = (weights[f"{name}.{part}"].float().clone() for part in ("weight", "bias"))
        self._eps = config.norm_eps

    def __call__(self, x: Tensor) -> Tensor:
        return F.layer_norm(x, x.shape[1:], self._weight, self._bias, self._eps)
