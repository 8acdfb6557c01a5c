"""Families of published models in our own names: GPT-2, Llama, Qwen2. A config that asks for anything else is refused.

References: GPT-2 (Radford et al., 2019), Llama (Touvron et al., 2023), Qwen2 (Yang et al., 2024). Functions raise
ValueError with a sentence, and KeyError where a config or a file lacks something.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from classifier.gpt.model import GPTConfig

About = dict[str, Any]
Read = Callable[[str], Tensor]


@dataclass(frozen=True)
class Family:
    """How a family's config and tensors become ours. `unread` are endings of names that carry nothing of ours."""

    config: Callable[[About], GPTConfig]
    weights: Callable[[Read, GPTConfig], dict[str, Tensor]]
    unread: tuple[str, ...] = ()


def _require(about: About, **expected: Any) -> None:
    """Refuse a config where a key is present and has another value than expected."""
    for key, value in expected.items():
        if (stated := about.get(key, value)) != value:
            raise ValueError(f"its config asks for {key} = {stated!r}, and only {value!r} is known here")


def _gpt2_config(about: About) -> GPTConfig:
    _require(about, activation_function="gelu_new", add_cross_attention=False)
    _require(about, scale_attn_weights=True, scale_attn_by_inverse_layer_idx=False, reorder_and_upcast_attn=False)
    width = int(about["n_embd"])
    return GPTConfig(
        vocab_size=int(about["vocab_size"]),
        context_length=int(about["n_positions"]),
        n_blocks=int(about["n_layer"]),
        d_model=width,
        n_heads=int(about["n_head"]),
        n_kv_heads=int(about["n_head"]),
        d_ff=int(about.get("n_inner") or 4 * width),
        norm_eps=float(about["layer_norm_epsilon"]),
        norm="layer",
        positions="learned",
        mlp="gelu",
        qkv_bias=True,
        bias=True,
        tied=bool(about.get("tie_word_embeddings", True)),
    )


def _gpt2_weights(read: Read, config: GPTConfig) -> dict[str, Tensor]:
    """GPT-2 keeps its linear layers as (in, out), the other way round."""
    weights = {"trunk.embedding.weight": read("wte.weight"), "trunk.positions.weight": read("wpe.weight")}
    weights |= {f"norm.{part}": read(f"ln_f.{part}") for part in ("weight", "bias")}
    names = {
        "norm_attention": "ln_1",
        "attention.qkv": "attn.c_attn",
        "attention.out": "attn.c_proj",
        "norm_mlp": "ln_2",
        "mlp.up": "mlp.c_fc",
        "mlp.down": "mlp.c_proj",
    }
    for i in range(config.n_blocks):
        for ours, theirs in names.items():
            weight = read(f"h.{i}.{theirs}.weight")
            weights[f"trunk.blocks.{i}.{ours}.weight"] = weight.T.contiguous() if weight.dim() == 2 else weight
            weights[f"trunk.blocks.{i}.{ours}.bias"] = read(f"h.{i}.{theirs}.bias")
    return weights


def _llama_config(about: About) -> GPTConfig:
    _require(about, attention_bias=False)
    return _rotary_config(about, qkv_bias=False)


def _qwen2_config(about: About) -> GPTConfig:
    _require(about, use_sliding_window=False)
    return _rotary_config(about, qkv_bias=True)


def _rotary_config(about: About, qkv_bias: bool) -> GPTConfig:
    width, heads = int(about["hidden_size"]), int(about["num_attention_heads"])
    _require(about, hidden_act="silu", mlp_bias=False, partial_rotary_factor=1.0)
    if (about.get("head_dim") or width // heads) != width // heads:
        raise ValueError(f"its config asks for heads of {about['head_dim']}, and only {width // heads} is known here")
    if strangers := set(about.get("layer_types") or []) - {"full_attention"}:
        raise ValueError(f"its config asks for {', '.join(sorted(strangers))}, and only full_attention is known here")
    return GPTConfig(
        vocab_size=int(about["vocab_size"]),
        context_length=int(about["max_position_embeddings"]),
        n_blocks=int(about["num_hidden_layers"]),
        d_model=width,
        n_heads=heads,
        n_kv_heads=int(about.get("num_key_value_heads") or heads),
        d_ff=int(about["intermediate_size"]),
        rope_base=_rope_base(about),
        norm_eps=float(about["rms_norm_eps"]),
        qkv_bias=qkv_bias,
        tied=bool(about.get("tie_word_embeddings", False)),
    )


def _rope_base(about: About) -> float:
    """The base of the rotation, in the older or the newer spelling; scaled rotations are refused."""
    rope = {**(about.get("rope_scaling") or {}), **(about.get("rope_parameters") or {})}
    kind = rope.get("rope_type", rope.get("type", "default"))
    if kind != "default" or "factor" in rope:
        raise ValueError(f"its config asks for scaled rotary positions ({kind}), which are not known here")
    return float(rope.get("rope_theta") or about.get("rope_theta") or 10_000.0)


def _llama_weights(read: Read, config: GPTConfig) -> dict[str, Tensor]:
    weights = {"trunk.embedding.weight": read("embed_tokens.weight"), "norm.weight": read("norm.weight")}
    kinds = ("weight", "bias") if config.qkv_bias else ("weight",)
    for i in range(config.n_blocks):
        block = {
            "norm_attention.weight": read(f"layers.{i}.input_layernorm.weight"),
            "attention.out.weight": read(f"layers.{i}.self_attn.o_proj.weight"),
            "norm_mlp.weight": read(f"layers.{i}.post_attention_layernorm.weight"),
            "mlp.gate_up.weight": torch.cat([read(f"layers.{i}.mlp.{n}_proj.weight") for n in ("gate", "up")]),
            "mlp.down.weight": read(f"layers.{i}.mlp.down_proj.weight"),
        }
        for kind in kinds:
            block[f"attention.qkv.{kind}"] = torch.cat([read(f"layers.{i}.self_attn.{n}_proj.{kind}") for n in "qkv"])
        weights |= {f"trunk.blocks.{i}.{key}": value for key, value in block.items()}
    return weights


FAMILIES = {
    "gpt2": Family(_gpt2_config, _gpt2_weights, (".attn.bias", ".attn.masked_bias")),
    "llama": Family(_llama_config, _llama_weights, (".rotary_emb.inv_freq",)),
    "qwen2": Family(_qwen2_config, _llama_weights, (".rotary_emb.inv_freq",)),
}


def family(about: About) -> Family:
    """The family that a published config.json names. Raises ValueError for any other, and for packed weights."""
    kind = about.get("model_type") if isinstance(about, dict) else None
    if kind not in FAMILIES:
        raise ValueError(f"it is a {kind} model, and only {', '.join(FAMILIES)} are known here")
    _require(about, quantization_config=None)
    return FAMILIES[kind]
