"""The serving form of a network: prepared once from a SpamGPT, then as fast as its products are.

Texts lie end to end, (N, D), so no padding is multiplied. Products are in bf16 where the processor is fast at it, from
weights that are laid out ahead; in fp32 they read the weights where the file is mapped, which costs no time and keeps
most of the network out of the process's own memory. The residual stream, norms, rotations and softmax stay fp32. Where
the classes read nothing else, the last block computes last tokens only. The vocabulary stays on its memory map: only a
batch's rows are read. Threads share the texts, not the products (lanes.py).

Shapes: N tokens of all texts, B texts, T positions, D width, H query heads, K key-value heads, E = D / H.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from classifier import resident_memory
from classifier.gpt import lanes, packing
from classifier.gpt.attention import attend
from classifier.gpt.model import Block, GPTConfig, RMSNorm, SpamGPT, rotary_angles
from classifier.gpt.packing import Heads, Packing, Squares
from classifier.gpt.products import Product

BLOCK_WEIGHTS = {
    f"{part}.weight"
    for part in ("norm_attention", "attention.qkv", "attention.out", "norm_mlp", "mlp.gate_up", "mlp.down")
}
SCORES_WHOLE = {torch.bfloat16: 256, torch.float32: 64}  # up to this width, plain products beat fused attention


class ServingGPT:
    """Token ids to logits, for a network of the Llama kind."""

    @lanes.one_thread()
    @torch.inference_mode()
    def __init__(self, model: SpamGPT, dtype: torch.dtype, release: bool = False) -> None:
        """Prepare for products in `dtype`. With `release` the model loses each weight as soon as it is prepared."""
        self._config, self._dtype = model.trunk.config, dtype
        self._turns = _turns(self._config)
        self._frozen = len(model.trunk.blocks)
        self._probe = copy.deepcopy(model.probe)  # numbers of a mapped file may lie unaligned, which changes rounding
        self._averages = model.head.averages
        norm = _weight(model.head.norm)
        read = torch.cat((norm, norm)) if self._averages else norm  # multiplied into the product that follows
        self._classes = model.head.classes.weight.detach().float() * read.detach().float()
        self._bias = model.head.classes.bias.detach().clone()
        embedding = model.trunk.embedding.weight.detach()
        self._is_mapped = resident_memory.is_mapped(embedding)
        self._embedding = embedding if self._is_mapped else embedding.to(dtype, copy=True)
        if release:
            model.trunk.embedding.to("meta")
        self._blocks = []
        for block in (*model.trunk.blocks, *model.head.blocks):
            self._blocks.append(_ServingBlock(block, self._config, dtype))
            if release:
                block.to("meta")
        self._mapped = [
            weight for block in self._blocks for weight in block.weights if resident_memory.is_mapped(weight)
        ]

    def rest(self) -> None:
        """Let go of the weights' pages until texts come again; the system still has them, unless it needs the room."""
        for weight in self._mapped:
            resident_memory.release_pages(weight)

    def logits(self, sequences: Sequence[Sequence[int]]) -> Tensor:
        """Token ids of B texts, each of 1 to context_length tokens -> (B, 2) fp32, in the order of the texts."""
        logits = lanes.shared(sequences, self._logits, 2)
        if self._is_mapped:  # or all words of a year would stay in memory
            resident_memory.release_pages(self._embedding)
        return logits

    @torch.inference_mode()
    def _logits(self, sequences: Sequence[Sequence[int]]) -> Tensor:
        packed = packing.pack([len(ids) for ids in sequences], Heads(self._config.n_heads, self._config.n_kv_heads))
        ids = torch.tensor([token for ids in sequences for token in ids])
        ids = F.pad(ids, (0, len(packed.positions) - len(ids)))
        x = self._embedding[ids].to(self._dtype).float()  # (N, D)
        turns = self._turns[packed.positions]
        lengths, probed = [len(ids) for ids in sequences], torch.zeros(len(sequences))
        for n, block in enumerate(self._blocks):
            if n == self._frozen and self._probe is not None:
                probed = self._probe(torch.split(x[: sum(lengths)], lengths))
            if n < len(self._blocks) - 1:
                block.advance(x, packed, turns)
        if self._averages:
            self._blocks[-1].advance(x, packed, turns)
            states = _last_and_mean(_normed(x, self._config), lengths)
        else:
            states = _normed(self._blocks[-1].finish(x, packed, turns), self._config)
        return F.linear(states, self._classes, self._bias) + F.pad(probed[:, None], (1, 0))


def _last_and_mean(x: Tensor, lengths: list[int]) -> Tensor:
    """The last token's state of each text and the mean of all its tokens'. x: (N, D) -> (B, 2 D)."""
    texts = torch.split(x[: sum(lengths)], lengths)
    return torch.stack([torch.cat((text[-1], text.mean(0))) for text in texts])


def serves(model: SpamGPT) -> bool:
    """Whether the network consists of exactly the parts that this form has."""
    blocks = [*model.trunk.blocks, *model.head.blocks]
    outside = {name for name, _ in model.named_parameters() if ".blocks." not in name and not name.startswith("probe.")}
    norms = [model.head.norm, *(norm for block in blocks for norm in (block.norm_attention, block.norm_mlp))]
    return (
        model.trunk.config.causal
        and outside == {"trunk.embedding.weight", "head.norm.weight", "head.classes.weight", "head.classes.bias"}
        and all({name for name, _ in block.named_parameters()} == BLOCK_WEIGHTS for block in blocks)
        and all(isinstance(norm, RMSNorm) for norm in norms)
    )


class _ServingBlock:
    """One block's products, and its attention over packed texts."""

    def __init__(self, block: Block, config: GPTConfig, dtype: torch.dtype) -> None:
        self._config, self._dtype = config, dtype
        self._norms = [_weight(norm).detach().float().clone() for norm in (block.norm_attention, block.norm_mlp)]
        qkv = _pairs_together(block.attention.qkv.weight.detach().float(), config)
        qkv[: config.d_model] *= config.d_head**-0.5  # attention's scale, on the queries
        gate, up = _weight(block.mlp.gate_up).detach().chunk(2)
        kept = [block.attention.out.weight.detach(), gate, up, block.mlp.down.weight.detach()]
        ahead = dtype != torch.float32
        self._qkv, self._out, self._gate, self._up, self._down = (Product(w, dtype, ahead) for w in (qkv, *kept))
        self.weights = [] if ahead else kept  # those that the products read where they lie

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
        normed = _normed(x, self._config, self._norms[0]).to(self._dtype)
        heads = self._qkv(normed).view(len(x), -1, self._config.d_head)
        turned = heads[:, : self._config.n_heads + self._config.n_kv_heads]
        pairs = torch.view_as_complex(turned.float().view(*turned.shape[:2], -1, 2))
        turned.copy_(torch.view_as_real(pairs * turns).flatten(-2))
        return heads.flatten(0, 1)

    def _feed(self, x: Tensor) -> None:
        h = _normed(x, self._config, self._norms[1]).to(self._dtype)
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


def _normed(x: Tensor, config: GPTConfig, weight: Tensor | None = None) -> Tensor:
    """RMSNorm; without its weight where that is part of the product that follows."""
    return F.rms_norm(x, (x.shape[1],), weight, config.norm_eps)


def _weight(part: nn.Module | Tensor) -> Tensor:
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


def _turns(config: GPTConfig) -> Tensor:
    """Each position's angles as complex numbers of length 1: (context_length, 1, E / 2)."""
    angles = rotary_angles(config)
    return torch.polar(torch.ones_like(angles), angles).unsqueeze(1)
