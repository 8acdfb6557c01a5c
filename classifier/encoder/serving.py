"""The serving form of an encoder: texts end to end without padding, as in classifier/gpt/serving.py, and little memory.

The vocabulary stays on its memory map, quantised; only the rows of a batch's tokens are dequantised. In fp32 the
products' weights stay quantised on the map too, and are dequantised for each product: of a batch that costs a tenth of
the time, and it saves 80 MB. In bf16 they are laid out ahead, which takes 16 MB and halves the time of a single message.

Shapes: N tokens of all texts, B texts, D width, H heads, E = D / H.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from weakref import WeakValueDictionary

import torch
from torch import Tensor
from torch.nn import functional as F

from classifier import resident_memory
from classifier.encoder import quantised
from classifier.encoder.network import EncoderConfig
from classifier.encoder.stored import Encoder, Identity
from classifier.encoder.tokenizer import UnigramTokenizer
from classifier.gpt import lanes, packing
from classifier.gpt.attention import attend
from classifier.gpt.packing import Heads, Packing
from classifier.gpt.products import Product
from classifier.reading import FOLDED, words


class ServingEncoder:
    """Texts to vectors of length 1."""

    @lanes.one_thread()
    @torch.inference_mode()
    def __init__(self, encoder: Encoder, dtype: torch.dtype, manner: int = FOLDED) -> None:
        """Prepare for products in `dtype`, reading texts in that manner. Raises ValueError where vocabulary and weights do not fit."""
        self._manner = manner
        self.config, weights = encoder.config, encoder.weights
        self._tokenizer = UnigramTokenizer(encoder.vocabulary)
        self._tokenizer.require_room(self.config.vocab_size)
        self._codes, self._scales = (weights[f"embedding.weight{end}"] for end in (quantised.CODES, quantised.SCALES))
        self._of_vocabulary = resident_memory.all_pages((self._codes, self._scales))
        self._positions = weights["position.weight"].float().clone()
        self._norm = _Norm(weights, "norm", self.config)
        self._blocks = [_ServingBlock(weights, n, self.config, dtype) for n in range(self.config.n_blocks)]
        self._of_blocks = resident_memory.all_pages(rows for block in self._blocks for rows in block.stored)

    @classmethod
    def of(cls, encoder: Encoder, dtype: torch.dtype, manner: int) -> ServingEncoder:
        """The encoder prepared, once for all loaded versions that share its files and read texts in that manner."""
        if encoder.files is None:
            return cls(encoder, dtype, manner)
        if (ready := _PREPARED.get((encoder.files, dtype, manner))) is None:
            ready = _PREPARED[encoder.files, dtype, manner] = cls(encoder, dtype, manner)
        return ready

    def rest(self) -> None:
        """Let go of the weights' pages until texts come again; the system still has them, unless it needs the room."""
        for pages in self._of_blocks:
            pages.release()

    def windows(self, text: str, prefixed: bool = True) -> list[list[int]]:
        """The undisguised text's token ids, each window with prefix and frame; of several windows the last is full, too."""
        prefix = self._tokenizer.content(self.config.prefix) if prefixed else []
        content = self._tokenizer.content(words(text, self._manner))
        room = self.config.context_length - 2 - len(prefix)
        last = max(len(content) - room, 0)
        return [self._tokenizer.framed([*prefix, *content[i : i + room]]) for i in (*range(0, last, room), last)]

    def embed(self, sequences: Sequence[Sequence[int]], blocks: int | None = None) -> Tensor:
        """Token ids of B texts, each of 1 to context_length tokens -> (B, D) fp32, in the order of the texts.

        Their tokens' mean states after so many blocks: texts alike in meaning are nearest after all of them.
        """
        vectors = lanes.shared(sequences, partial(self._embed, blocks=blocks), self.config.d_model)
        for pages in self._of_vocabulary:  # or all words of a year would stay in memory
            pages.release()
        return vectors

    @torch.inference_mode()
    def _embed(self, sequences: Sequence[Sequence[int]], blocks: int | None) -> Tensor:
        lengths = [len(ids) for ids in sequences]
        packed = packing.pack(lengths, Heads(self.config.n_heads, self.config.n_heads))
        ids = torch.tensor([token for ids in sequences for token in ids])
        ids = F.pad(ids, (0, len(packed.positions) - len(ids)))
        x = self._norm(quantised.plain(self._codes[ids], self._scales[ids]) + self._positions[packed.positions])
        for block in self._blocks[:blocks]:
            x = block(x, packed)
        means = torch.stack([text.mean(0) for text in torch.split(x[: sum(lengths)], lengths)])
        return F.normalize(means, dim=1)


_PREPARED: WeakValueDictionary[tuple[Identity, torch.dtype, int], ServingEncoder] = WeakValueDictionary()


class _ServingBlock:
    """One block's products, and its attention over packed texts."""

    def __init__(self, weights: Mapping[str, Tensor], n: int, config: EncoderConfig, dtype: torch.dtype) -> None:
        self._d_head, self._dtype = config.d_head, dtype
        self._qkv, self._out, self._up, self._down = (
            _StoredWeight(weights, f"blocks.{n}.{name}", dtype)
            for name in ("attention.qkv", "attention.out", "up", "down")
        )
        self._norms = [_Norm(weights, f"blocks.{n}.{name}", config) for name in ("norm_attention", "norm_feed")]

    @property
    def stored(self) -> list[Tensor]:
        """What the products are dequantised from for each use."""
        return [rows for part in (self._qkv, self._out, self._up, self._down) for rows in part.stored]

    def __call__(self, x: Tensor, packed: Packing) -> Tensor:
        """(N, D) -> (N, D), fp32."""
        heads = self._qkv.product()(x.to(self._dtype)).view(-1, self._d_head)  # (N 3 H, E)
        q, k, v = (heads.index_select(0, rows) for rows in (packed.q, packed.k, packed.v))
        q = q * self._d_head**-0.5
        mixed = torch.cat(
            [attend(q[at.queries], k[at.keys], v[at.keys], at, at.beyond).flatten(0, 1) for at in packed.squares]
        )
        x = self._norms[0](x + self._out.product()(mixed.index_select(0, packed.back).view(x.shape)))
        return self._norms[1](x + self._down.product()(self._up.product().gelu(x.to(self._dtype))))


class _StoredWeight:
    """A product's weight and bias: laid out ahead in bf16; in fp32, which takes twice as much, where it is stored."""

    def __init__(self, weights: Mapping[str, Tensor], name: str, dtype: torch.dtype) -> None:
        self._bias = weights[f"{name}.bias"].float().clone()
        self._ready: Product | None = None
        self.stored: list[Tensor] = []  # codes and scales
        if dtype == torch.bfloat16:
            self._ready = Product(quantised.matrix(weights, f"{name}.weight"), dtype, bias=self._bias)
        else:
            self.stored = [weights[f"{name}.weight{end}"] for end in (quantised.CODES, quantised.SCALES)]

    def product(self) -> Product:
        """The product, dequantised for one use where it is not ready."""
        if self._ready is not None:
            return self._ready
        codes, scales = self.stored
        return Product(quantised.plain(codes, scales), torch.float32, ahead=False, bias=self._bias)


class _Norm:
    """LayerNorm."""

    def __init__(self, weights: Mapping[str, Tensor], name: str, config: EncoderConfig) -> None:
        self._weight, self._bias = (weights[f"{name}.{part}"].float().clone() for part in ("weight", "bias"))
        self._eps = config.norm_eps

    def __call__(self, x: Tensor) -> Tensor:
        return F.layer_norm(x, x.shape[1:], self._weight, self._bias, self._eps)
