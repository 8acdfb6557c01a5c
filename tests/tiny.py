"""A real network, only small: made in the test, in milliseconds, with a tokenizer of single bytes."""

from __future__ import annotations

from dataclasses import replace

import torch

from classifier.checkpoint import Checkpoint
from classifier.gpt.model import GPTConfig, LanguageModel, SpamGPT
from classifier.gpt.pretrained import BaseModel
from classifier.gpt.tokenizer import SMOLLM_PATTERN, Tokenizer
from classifier.thresholds import Thresholds

CONFIG = GPTConfig(
    vocab_size=257, context_length=64, n_blocks=3, d_model=32, n_heads=4, n_kv_heads=2, d_ff=48, rope_base=10_000.0
)


def tokenizer() -> Tokenizer:
    """Every byte is a token; 256 is a special one."""
    return Tokenizer(SMOLLM_PATTERN, {bytes([i]): i for i in range(256)}, {"<|end|>": 256})


def base_model(n_blocks: int = 3, seed: int = 0) -> BaseModel:
    """A base model of random weights, large enough in scale that texts differ in score."""
    torch.manual_seed(seed)
    config = replace(CONFIG, n_blocks=n_blocks)
    weights = {key: value.detach().clone() for key, value in LanguageModel(config).state_dict().items()}
    return BaseModel("tiny", config, tokenizer(), weights)


def checkpoint(review: float = 0.5, act: float = 0.9, seed: int = 0) -> Checkpoint:
    """An untrained model version. `review=0` flags everything, `review=1` nothing."""
    torch.manual_seed(seed)
    model = SpamGPT(CONFIG, frozen_blocks=2, trained_blocks=1, averages=True, probes=True).eval()
    thresholds = Thresholds(review, max(review, act))
    return Checkpoint(
        model, tokenizer(), thresholds, "tiny", metrics={"hold_out": {"f1": 0.5}}, training={"seed": seed}
    )
