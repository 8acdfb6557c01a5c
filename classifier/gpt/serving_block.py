"""One block of the serving form of a GPT: its products, and its attention over packed texts.

In fp32 products read the weights where the file is mapped; only queries, keys and values, whose rows are reordered, are
copied, and a resting block gives the copy up.

Shapes: N tokens of all texts, B texts, T positions, D width, H query heads, K key-value heads, E = D / H.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from classifier import resident_memory
from classifier.gpt.attention import attend
from classifier.gpt.model import Block, GPTConfig
from classifier.gpt.packing import Packing, Squares
from classifier.gpt.products import Product

SCORES_WHOLE = {torch.bfloat16: 256, torch.float32: 64}  # up to this width, plain products beat fused attention


class ServingBlock:
    """One block's products, and its attention over packed texts."""

    def __init__(self, block: Block, config: GPTConfig, dtype: torch.dtype) -> None:
        self._config, self._dtype = config, dtype
        self._norms = [weight_of(norm).detach().float().clone() for norm in (block.norm_attention, block.norm_mlp)]
        qkv = block.attention.qkv.weight.detach()
        gate, up = weight_of(block.mlp.gate_up).detach().chunk(2)
        kept = [block.attention.out.weight.detach(), gate, up, block.mlp.down.weight.detach()]
        self._ahead = dtype != torch.float32
        self._out, self._gate, self._up, self._down = (Product(weight, dtype, self._ahead) for weight in kept)
        self._qkv: Product | None = None
        self._pages = list[resident_memory.Pages]()
        if self._ahead:
            self._qkv = self._reordered(qkv)
        else:
            self._stored_qkv, self._pages_of_qkv = qkv, resident_memory.pages_of(qkv)
            self._pages = resident_memory.all_pages((qkv, *kept))

    def wake(self) -> None:
        """Prepare what a resting block does without. One thread at a time."""
        if self._qkv is None:
            self._qkv = self._reordered(self._stored_qkv)
            if self._pages_of_qkv is not None:
                self._pages_of_qkv.release()

    def rest(self) -> None:
        """Give up what is quickly prepared again, and let go of the pages of what is read where the file is mapped."""
        if not self._ahead:
            self._qkv = None
            for pages in self._pages:
                pages.release()

    def _reordered(self, qkv: Tensor) -> Product:
        paired = _pairs_together(qkv.float(), self._config)
        paired[: self._config.d_model] *= self._config.d_head**-0.5  # attention's scale, on the queries
        return Product(paired, self._dtype, self._ahead)

    def advance(self, x: Tensor, packed: Packing, turns: Tensor) -> None:
        """Add attention and feed-forward to the residual stream, in place. x: (N, D), turns: (N, 1, E / 2)."""
        heads = self._heads(x, turns)
        q, k, v = (heads.index_select(0, rows) for rows in (packed.q, packed.k, packed.v))
        mixed = torch.cat([_mix(q[at.queries], k[at.keys], v[at.keys], at) for at in packed.squares])
        x.add_(self._out(mixed.index_select(0, packed.back).view(x.shape)))
        self._feed(x)

    def finish(self, x: Tensor, packed: Packing, turns: Tensor) -> Tensor:
        """(N, D) -> (B, D): what the last token of each text becomes."""
        heads = self._heads(x, turns)
        q = heads.view(len(x), -1)[packed.last, : x.shape[1]]
        k, v = (heads.index_select(0, rows) for rows in (packed.k, packed.v))
        mixed = torch.cat([_mix_last(q[at.texts], k[at.keys], v[at.keys], at) for at in packed.squares])
        x_last = x[packed.last].add_(self._out(mixed))
        self._feed(x_last)
        return x_last

    def _heads(self, x: Tensor, turns: Tensor) -> Tensor:
        """Rotated queries and keys, and values, of every token, one head a row: (N (H + 2 K), E)."""
        inputs = normed(x, self._config, self._norms[0]).to(self._dtype)
        assert self._qkv is not None
        heads = self._qkv(inputs).view(len(x), -1, self._config.d_head)
        turned = heads[:, : self._config.n_heads + self._config.n_kv_heads]
        pairs = torch.view_as_complex(turned.float().view(*turned.shape[:2], -1, 2))
        turned.copy_(torch.view_as_real(pairs * turns).flatten(-2))
        return heads.flatten(0, 1)

    def _feed(self, x: Tensor) -> None:
        h = normed(x, self._config, self._norms[1]).to(self._dtype)
        x.add_(self._down(self._up.times(h, self._gate.silu(h))))


def _mix(q: Tensor, k: Tensor, v: Tensor, at: Squares) -> Tensor:
    """Causal attention in squares of one width. q: (B H T, E), k and v: (B K T, E) -> (B H T, E)."""
    if at.width <= SCORES_WHOLE[q.dtype]:
        return attend(q, k, v, at, at.ahead).view(q.shape)
    q, k, v = (part.view(at.n_texts, -1, at.width, part.shape[1]) for part in (q, k, v))
    return F.scaled_dot_product_attention(q, k, v, is_causal=True, scale=1.0, enable_gqa=True).flatten(0, 2)


def _mix_last(q: Tensor, k: Tensor, v: Tensor, at: Squares) -> Tensor:
    """The same for the last token of each text. q: (B, D), k and v: (B K T, E) -> (B, D)."""
    return attend(q, k, v, at, at.beyond).view(q.shape)


def normed(x: Tensor, config: GPTConfig, weight: Tensor | None = None) -> Tensor:
    """RMSNorm; without its weight where that is part of the product that follows."""
    return F.rms_norm(x, (x.shape[1],), weight, config.norm_eps)


def weight_of(part: nn.Module | Tensor) -> Tensor:
    weight = getattr(part, "weight", part)
    assert isinstance(weight, Tensor)
    return weight


def _pairs_together(qkv: Tensor, config: GPTConfig) -> Tensor:
    """Reorder each query's and key's rows so that the pair (i, i + E/2), which is rotated together, lies side by side.

    Both sides of every product of query and key are reordered alike, so attention stays what it was.
    """
    values = len(qkv) - config.d_kv  # the first row of the values, which are not rotated
    paired = qkv[:values].view(-1, 2, config.d_head // 2, config.d_model).transpose(1, 2)
    return torch.cat((paired.reshape(values, -1), qkv[values:]))
