"""A sentence encoder of the BERT kind (Devlin et al., 2019), as E5 uses it (Wang et al., 2024): texts to unit vectors.

Bidirectional attention, LayerNorm after each half of a block, GELU, learned positions; the sentence's vector is the
mean of its tokens' last states, scaled to length 1. multilingual-e5-small has 12 blocks, 384 wide.

Shapes: B texts, T positions, D width, H heads, E = D / H, F feed-forward width.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

MOST_BLOCKS = 1_000
ROOM = 2  # tokens of a window beside its prefix and its frame, at least


@dataclass(frozen=True)
class EncoderConfig:
    """The shape of an encoder, and the prefix written before each text."""

    vocab_size: int
    context_length: int
    d_model: int
    n_heads: int
    n_blocks: int
    d_feed: int
    norm_eps: float = 1e-12
    prefix: str = "query: "

    def __post_init__(self) -> None:
        if not 0 < self.n_blocks <= MOST_BLOCKS or self.context_length <= len(self.prefix) + ROOM:
            raise ValueError(f"{self} is the shape of no encoder")
        if self.n_heads < 1 or self.d_model % self.n_heads:
            raise ValueError(f"a width of {self.d_model} cannot be shared by {self.n_heads} heads")

    @property
    def d_head(self) -> int:
        """E: the width of one head."""
        return self.d_model // self.n_heads

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The name of each weight of the network, and its shape."""
        width, feed = self.d_model, self.d_feed
        sizes = {"embedding": (self.vocab_size, width), "position": (self.context_length, width)}
        products = {
            "attention.qkv": (3 * width, width),
            "attention.out": (width, width),
            "up": (feed, width),
            "down": (width, feed),
        }
        norms = {"norm_attention": (width,), "norm_feed": (width,)}
        parts = {
            "norm": (width,),
            **{
                f"blocks.{n}.{name}": size for n in range(self.n_blocks) for name, size in {**products, **norms}.items()
            },
        }
        weights = {f"{name}.weight": size for name, size in {**sizes, **parts}.items()}
        return weights | {f"{name}.bias": size[:1] for name, size in parts.items()}


class Attention(nn.Module):
    """Every token attends to every token of its text."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.n_heads = config.n_heads
        self.qkv = nn.Linear(config.d_model, 3 * config.d_model)
        self.out = nn.Linear(config.d_model, config.d_model)

    def forward(self, x: Tensor, is_token: Tensor) -> Tensor:
        q, k, v = (  # each (B, H, T, E)
            part.unflatten(2, (self.n_heads, -1)).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=2)
        )
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=is_token[:, None, None, :])
        output: Tensor = self.out(mixed.transpose(1, 2).flatten(2))
        return output  # (B, T, D)


class Block(nn.Module):
    """Attention, then a feed-forward network on each token; each is added to its input and normed."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.attention = Attention(config)
        self.norm_attention = nn.LayerNorm(config.d_model, config.norm_eps)
        self.up = nn.Linear(config.d_model, config.d_feed)
        self.down = nn.Linear(config.d_feed, config.d_model)
        self.norm_feed = nn.LayerNorm(config.d_model, config.norm_eps)

    def forward(self, x: Tensor, is_token: Tensor) -> Tensor:
        x = self.norm_attention(x + self.attention(x, is_token))
        output: Tensor = self.norm_feed(x + self.down(F.gelu(self.up(x))))
        return output  # (B, T, D)


class SentenceEncoder(nn.Module):
    """Token ids -> one vector of length 1 for each text. `position` includes the embedding of the only sentence type."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocab_size, config.d_model)
        self.position = nn.Embedding(config.context_length, config.d_model)
        self.norm = nn.LayerNorm(config.d_model, config.norm_eps)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.n_blocks))

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """ids: (B, T) padded on the right, lengths: (B,) -> (B, D)."""
        place = torch.arange(ids.shape[1])
        is_token = place < lengths[:, None]  # (B, T)
        x = self.norm(self.embedding(ids) + self.position(place))  # (B, T, D)
        for block in self.blocks:
            x = block(x, is_token)
        mean = (x * is_token[:, :, None]).sum(1) / lengths[:, None]
        return F.normalize(mean, dim=1)
