"""Whether a shape that a file states is one that a network can have: before anything of that size is made."""

from __future__ import annotations

import math
from operator import index

from classifier.gpt.model import GPTConfig

LARGEST, MOST_BLOCKS = 2**24, 1_000  # any size of a network, and its blocks


def require_plausible(config: GPTConfig, *blocks: int) -> None:
    """Raises ValueError or TypeError for a shape that no network has, or for parts of it with more blocks than it has."""
    sizes = (config.vocab_size, config.d_model, config.n_heads, config.n_kv_heads, config.d_ff)
    if not all(0 < index(size) <= LARGEST for size in sizes) or not 2 <= index(config.context_length) <= LARGEST:
        raise ValueError(f"{config} is the shape of no network")
    if (
        not 0 < index(config.n_blocks) <= MOST_BLOCKS
        or config.d_model % config.n_heads
        or config.n_heads % config.n_kv_heads
    ):
        raise ValueError(f"{config} is the shape of no network")
    if not all(math.isfinite(value) and value > 0 for value in (config.rope_base, config.norm_eps)):
        raise ValueError(f"{config} is the shape of no network")
    if any(n < 0 for n in blocks) or sum(blocks) > config.n_blocks:
        raise ValueError(f"it has {blocks} blocks of a network of {config.n_blocks}")
