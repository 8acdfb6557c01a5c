"""A decoder-only transformer of the Llama family, split where fine-tuning splits it.

    ids -> Trunk (embedding, frozen blocks) -> hidden states -> Head (trained blocks, norm, two classes)
                                                             -> Probe (see probe.py)

References: the decoder of "Attention Is All You Need" (Vaswani et al., 2017) as GPT-2 uses it (Radford et
al., 2019), with the Llama family's parts: RMSNorm (Zhang & Sennrich, 2019), rotary positions (Su et al.,
2021), SwiGLU (Shazeer, 2020), grouped queries (Ainslie et al., 2023). GPT-2's own parts, which its checkpoints
need, stand beside them: LayerNorm, learned positions, GELU (Hendrycks & Gimpel, 2016), biases. Fine-tuning for
classification on the last real token follows chapter 6 of "Build a Large Language Model (From Scratch)" (Raschka, 2024).

Shapes in the comments: B texts, T positions, D width, H query heads, K key-value heads, E = D / H, V vocabulary.
Texts are padded on the right. Attention is causal, so a padded position is never seen by a real one; without the
causal mask (`causal=False`, for experiments) real positions see the padding too.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from classifier.probe import Probe

M = TypeVar("M", bound=nn.Module)


@dataclass(frozen=True)
class GPTConfig:
    """The shape of a base model; defaults are SmolLM2-135M."""

    vocab_size: int = 49_152
    context_length: int = 8_192
    n_blocks: int = 30
    d_model: int = 576
    n_heads: int = 9
    n_kv_heads: int = 3
    d_ff: int = 1_536
    rope_base: float = 100_000.0
    norm_eps: float = 1e-5
    norm: Literal["rms", "layer"] = "rms"
    positions: Literal["rotary", "learned"] = "rotary"
    mlp: Literal["swiglu", "gelu"] = "swiglu"
    qkv_bias: bool = False
    bias: bool = False  # of the other linear layers
    tied: bool = True  # the output layer is the embedding
    causal: bool = True

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def d_head(self) -> int:
        """E: the width of one head."""
        return self.d_model // self.n_heads

    @property
    def d_kv(self) -> int:
        """K E: the width of all keys together, and of all values."""
        return self.n_kv_heads * self.d_head


class RMSNorm(nn.Module):
    """Scale by the root mean square, computed in fp32 whatever the input's type."""

    def __init__(self, width: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        wide = x.float()
        scaled = wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + self.eps)
        return (scaled * self.weight.float()).to(x.dtype)


def new_norm(config: GPTConfig) -> nn.Module:
    """The norm this base model uses, weights all ones."""
    if config.norm == "layer":
        return nn.LayerNorm(config.d_model, config.norm_eps)
    return RMSNorm(config.d_model, config.norm_eps)


class Attention(nn.Module):
    """Causal self-attention with rotary positions; one product makes queries, keys and values."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.n_heads, self.n_kv_heads, self.d_head = config.n_heads, config.n_kv_heads, config.d_head
        self.causal = config.causal
        self.d_kv = config.d_kv
        self.qkv = nn.Linear(config.d_model, config.d_model + 2 * config.d_kv, bias=config.qkv_bias)
        self.out = nn.Linear(config.d_model, config.d_model, bias=config.bias)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """x: (B, T, D), cos and sin: (T, E) -> (B, T, D)."""
        b, t, d = x.shape
        q, k, v = self._project(x)  # each (B, H, T, E)
        q, k = _rotate(q, cos, sin), _rotate(k, cos, sin)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=self.causal)
        return self.out(mixed.transpose(1, 2).reshape(b, t, d))

    def at(self, x: Tensor, last: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """The same for position last[i] of text i alone. x: (B, T, D), last: (B,) -> (B, D)."""
        b, t, d = x.shape
        q, k, v = self._project(x)
        rows = torch.arange(b)
        query = _rotate(q, cos, sin)[rows, :, last].unsqueeze(2)  # (B, H, 1, E)
        is_visible = (torch.arange(t) <= last[:, None])[:, None, None, :]  # (B, 1, 1, T)
        mixed = F.scaled_dot_product_attention(query, _rotate(k, cos, sin), v, attn_mask=is_visible)
        return self.out(mixed.reshape(b, d))

    def _project(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        b, t, d = x.shape
        q, k, v = self.qkv(x).split([d, self.d_kv, self.d_kv], dim=-1)
        repeats = self.n_heads // self.n_kv_heads
        k, v = (
            part.view(b, t, self.n_kv_heads, 1, self.d_head)
            .expand(b, t, self.n_kv_heads, repeats, self.d_head)
            .reshape(b, t, self.n_heads, self.d_head)
            .transpose(1, 2)
            for part in (k, v)
        )
        return q.view(b, t, self.n_heads, self.d_head).transpose(1, 2), k, v


def _rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn each pair (i, i + E/2) of the head by its position's angle. x: (B, H, T, E); cos, sin: (T, E)."""
    first, second = x.chunk(2, dim=-1)
    return x * cos.to(x.dtype) + torch.cat((-second, first), dim=-1) * sin.to(x.dtype)


def rotary_tables(config: GPTConfig) -> tuple[Tensor, Tensor]:
    """cos and sin of every position's angles, each (context_length, E), fp32; learned positions turn by 0."""
    if config.positions == "learned":
        return torch.ones(config.context_length, config.d_head), torch.zeros(config.context_length, config.d_head)
    doubled = rotary_angles(config).repeat(1, 2)
    return doubled.cos(), doubled.sin()


def rotary_angles(config: GPTConfig) -> Tensor:
    """The angle by which each position turns each pair of a head, (context_length, E / 2), fp32."""
    pairs = torch.arange(0, config.d_head, 2, dtype=torch.float32) / config.d_head
    return torch.outer(torch.arange(config.context_length, dtype=torch.float32), config.rope_base**-pairs)


class SwiGLU(nn.Module):
    """The gated feed-forward layer; one product makes gate and value."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.gate_up = nn.Linear(config.d_model, 2 * config.d_ff, bias=config.bias)
        self.down = nn.Linear(config.d_ff, config.d_model, bias=config.bias)

    def forward(self, x: Tensor) -> Tensor:
        gate, up = self.gate_up(x).chunk(2, dim=-1)
        return self.down(F.silu(gate) * up)


class GPT2MLP(nn.Module):
    """GPT-2's feed-forward layer, with the tanh form of GELU that it was trained with."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.up = nn.Linear(config.d_model, config.d_ff, bias=config.bias)
        self.down = nn.Linear(config.d_ff, config.d_model, bias=config.bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.down(F.gelu(self.up(x), approximate="tanh"))


class Block(nn.Module):
    """Attention and feed-forward, each behind a norm and added to the residual stream."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.norm_attention = new_norm(config)
        self.attention = Attention(config)
        self.norm_mlp = new_norm(config)
        self.mlp = SwiGLU(config) if config.mlp == "swiglu" else GPT2MLP(config)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """(B, T, D) -> (B, T, D)."""
        x = x + self.attention(self.norm_attention(x), cos, sin)
        return x + self.mlp(self.norm_mlp(x))

    def at(self, x: Tensor, last: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """(B, T, D) -> (B, D): only what position last[i] of text i becomes."""
        x_last = x[torch.arange(len(x)), last]
        x_last = x_last + self.attention.at(self.norm_attention(x), last, cos, sin)
        return x_last + self.mlp(self.norm_mlp(x_last))


class _Blocks(nn.Module):
    """A run of blocks that share one set of rotary tables."""

    cos: Tensor
    sin: Tensor

    def __init__(self, config: GPTConfig, n_blocks: int) -> None:
        super().__init__()
        self.config = config
        self.blocks = nn.ModuleList(Block(config) for _ in range(n_blocks))
        cos, sin = rotary_tables(config)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)

    def tables(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """cos and sin of the positions of x, each (T, E)."""
        return self.cos[: x.shape[1]], self.sin[: x.shape[1]]


class Trunk(_Blocks):
    """Token embedding and the first `n_blocks` blocks: what fine-tuning leaves as it was pretrained."""

    def __init__(self, config: GPTConfig, n_blocks: int) -> None:
        super().__init__(config, n_blocks)
        self.embedding = nn.Embedding(config.vocab_size, config.d_model)
        learned = config.positions == "learned"
        self.positions = nn.Embedding(config.context_length, config.d_model) if learned else None

    def forward(self, ids: Tensor) -> Tensor:
        """ids: (B, T) -> hidden states (B, T, D)."""
        x = self.embedding(ids)
        if self.positions is not None:
            x = x + self.positions.weight[: ids.shape[1]]
        for block in self.blocks:
            x = block(x, *self.tables(x))
        return x


class Head(_Blocks):
    """The trained blocks (at least one), a norm and two classes (index 1 is spam), read at the last real token.

    With `averages`, the classes read the mean over all real tokens beside it.
    """

    def __init__(self, config: GPTConfig, n_blocks: int, averages: bool = False) -> None:
        if n_blocks < 1:
            raise ValueError("a head needs at least one trained block")
        super().__init__(config, n_blocks)
        self.averages = averages
        self.norm = new_norm(config)
        self.classes = nn.Linear(config.d_model * (2 if averages else 1), 2)

    def forward(self, hidden: Tensor, lengths: Tensor) -> Tensor:
        """hidden: (B, T, D), lengths: (B,) real tokens of each text -> logits (B, 2), fp32."""
        x, last = hidden, lengths - 1
        for block in self.blocks[:-1]:
            x = block(x, *self.tables(x))
        if self.averages:
            x = self.norm(self.blocks[-1](x, *self.tables(x)))
            return self.classes(last_and_mean(x, lengths)).float()
        x = self.blocks[-1].at(x, last, *self.tables(x))  # type: ignore[operator]  # ModuleList is untyped
        return self.classes(self.norm(x)).float()


def last_and_mean(x: Tensor, lengths: Tensor) -> Tensor:
    """x: (B, T, D), lengths: (B,) -> (B, 2D): the last real token's state, then the mean of all real tokens'."""
    real = torch.arange(x.shape[1]) < lengths[:, None]  # (B, T)
    mean = (x * real.unsqueeze(-1)).sum(1, dtype=torch.float32) / lengths[:, None]
    return torch.cat((x[torch.arange(len(x)), lengths - 1].float(), mean), dim=-1).to(x.dtype)


class SpamGPT(nn.Module):
    """Trunk, head and, with `probes`, a probe of the trunk together: token ids to the logits of ham and spam."""

    def __init__(
        self, config: GPTConfig, frozen_blocks: int, trained_blocks: int, averages: bool = False, probes: bool = False
    ) -> None:
        super().__init__()
        self.trunk = Trunk(config, frozen_blocks)
        self.head = Head(config, trained_blocks, averages)
        self.probe = Probe(config.d_model) if probes else None

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """ids: (B, T) padded on the right with anything, lengths: (B,) -> logits (B, 2)."""
        hidden = self.trunk(ids)
        logits: Tensor = self.head(hidden, lengths)
        if self.probe is not None:
            logits[:, 1] += self.probe([text[:length] for text, length in zip(hidden, lengths.tolist(), strict=True)])
        return logits


class LanguageModel(nn.Module):
    """The base model as published: every block, the final norm and the output layer."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.trunk = Trunk(config, config.n_blocks)
        self.norm = new_norm(config)
        self.output = None if config.tied else nn.Linear(config.d_model, config.vocab_size, bias=False)

    def forward(self, ids: Tensor) -> Tensor:
        """ids: (B, T) -> next-token logits (B, T, V)."""
        output = self.output or self.trunk.embedding
        return F.linear(self.norm(self.trunk(ids)), output.weight)

    @torch.inference_mode()
    def continue_greedily(self, ids: list[int], n_tokens: int) -> list[int]:
        """The `n_tokens` likeliest next tokens after `ids`, one at a time."""
        for _ in range(n_tokens):
            logits = self(torch.tensor([ids[-self.trunk.config.context_length :]]))
            ids = [*ids, int(logits[0, -1].argmax())]
        return ids[len(ids) - n_tokens :]


def fill(module: M, weights: dict[str, Tensor], config: GPTConfig) -> M:
    """Give a module that was made without values its weights (shared, not copied) and its rotary tables."""
    module.load_state_dict(weights, strict=True, assign=True)
    cos, sin = rotary_tables(config)
    for part in module.modules():
        if "cos" in part._buffers:
            part._buffers["cos"], part._buffers["sin"] = cos, sin
    return module
