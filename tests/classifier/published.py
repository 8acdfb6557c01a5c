"""Small models as transformers and tokenizers publish them: random weights, a tokenizer trained here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    Qwen2Config,
    Qwen2ForCausalLM,
)

CORPUS = [
    "WINNER!! Claim your £1000 prize now, call 09061701461 before 5pm tomorrow",
    "are we still on for dinner? it's   at 7:30, don't be late, we'll wait",
    "私は明日 7 時に行く 😀😀 naïve café\n\n\tdone\r\n",
] * 30
QWEN2 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
SIZE = 400


def tokenizer(pre: pre_tokenizers.PreTokenizer, special: tuple[str, ...] = ("<|endoftext|>",)) -> Tokenizer:
    """A byte-level BPE of SIZE tokens, its special ones at the end as GPT-2 has them."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE - len(special), initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    made.train_from_iterator(CORPUS, trainer)
    made.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in special])
    return made


def gpt2_like() -> Tokenizer:
    return tokenizer(pre_tokenizers.ByteLevel(add_prefix_space=False))


def smollm_like() -> Tokenizer:
    steps = [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    return tokenizer(pre_tokenizers.Sequence(steps))


def qwen2_like() -> Tokenizer:
    steps = [
        pre_tokenizers.Split(Regex(QWEN2), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ]
    made = tokenizer(pre_tokenizers.Sequence(steps), ("<|endoftext|>", "<|im_start|>", "<|im_end|>"))
    made.normalizer = normalizers.NFC()
    return made


TOKENIZERS = {"gpt2": gpt2_like, "llama": smollm_like, "qwen2": qwen2_like}


def gpt2(**changed: Any) -> GPT2LMHeadModel:
    shape = {"vocab_size": SIZE, "n_positions": 64, "n_embd": 32, "n_layer": 2, "n_head": 4, "initializer_range": 0.2}
    return _shaken(GPT2LMHeadModel, GPT2Config(**(shape | changed)))


def llama(**changed: Any) -> LlamaForCausalLM:
    return _shaken(LlamaForCausalLM, LlamaConfig(**(_rotary() | {"tie_word_embeddings": True} | changed)))


def qwen2(**changed: Any) -> Qwen2ForCausalLM:
    return _shaken(Qwen2ForCausalLM, Qwen2Config(**(_rotary() | {"tie_word_embeddings": True} | changed)))


def _rotary() -> dict[str, Any]:
    return {
        "vocab_size": SIZE,
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 64,
        "rms_norm_eps": 1e-6,
        "initializer_range": 0.2,
        "rope_parameters": {"rope_type": "default", "rope_theta": 50_000.0},
    }


MODELS = {"gpt2": gpt2, "llama": llama, "qwen2": qwen2}


def _shaken(kind: Any, config: Any) -> Any:
    """The model with norms that are not all ones and biases that are not all zeros."""
    torch.manual_seed(0)
    model = kind(config).eval()
    for name, weights in model.named_parameters():
        if weights.dim() == 1:
            torch.nn.init.uniform_(weights, *((0.5, 1.5) if name.endswith("weight") else (-0.5, 0.5)))
    return model


def write(folder: Path, model: PreTrainedModel, tokens: Tokenizer, **options: Any) -> Path:
    """The folder as the hub has it."""
    model.save_pretrained(folder, **options)
    tokens.save(str(folder / "tokenizer.json"))
    return folder
