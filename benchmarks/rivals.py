"""What the serving form is measured against: the course's way, and transformers on the same base model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from classifier.gpt.model import GPTConfig
from classifier.gpt.pretrained import BaseModel

COURSE_TOKENS = 120  # every text is padded to the longest of the course's training texts
COURSE_PADDING = 50_256  # GPT-2's end of text

Ids = Sequence[list[int]]
Way = Callable[[Ids], None]


def course() -> Way:
    """`classify_review`: GPT-2 124M (random weights, which do not change the time), fp32, one text at a time."""
    transformers = _transformers()
    torch.manual_seed(0)
    trunk, classes = transformers.GPT2Model(transformers.GPT2Config()).eval(), nn.Linear(768, 2)

    @torch.inference_mode()
    def way(texts: Ids) -> None:
        for ids in texts:
            padded = [*ids[:COURSE_TOKENS], *[COURSE_PADDING] * (COURSE_TOKENS - len(ids))]
            hidden = trunk(torch.tensor([padded]), use_cache=False).last_hidden_state
            classes(hidden)[:, -1].argmax(-1).item()

    return way


def llama(base: BaseModel, n_blocks: int, dtype: torch.dtype) -> Any:
    """LlamaForSequenceClassification with the base model's weights, its first `n_blocks` blocks."""
    transformers, shape = _transformers(), base.config
    config = transformers.LlamaConfig(
        vocab_size=shape.vocab_size,
        hidden_size=shape.d_model,
        intermediate_size=shape.d_ff,
        num_hidden_layers=n_blocks,
        num_attention_heads=shape.n_heads,
        num_key_value_heads=shape.n_kv_heads,
        max_position_embeddings=shape.context_length,
        rms_norm_eps=shape.norm_eps,
        rope_parameters={"rope_type": "default", "rope_theta": shape.rope_base},
        pad_token_id=0,
        num_labels=2,
        use_cache=False,
    )
    network = transformers.LlamaForSequenceClassification(config)
    missing = network.load_state_dict(_their_names(base, n_blocks), strict=False)
    if missing.unexpected_keys or missing.missing_keys != ["score.weight"]:
        raise ValueError(f"the weights do not fit transformers' Llama: {missing}")
    return network.to(dtype).eval()


def batched(network: Any, size: int) -> Way:
    """Texts of similar length together, `size` at a time, padded on the right with a mask."""

    @torch.inference_mode()
    def way(texts: Ids) -> None:
        order = sorted(texts, key=len)
        for start in range(0, len(order), size):
            batch = order[start : start + size]
            width = max(len(ids) for ids in batch)
            padded = torch.tensor([ids + [0] * (width - len(ids)) for ids in batch])
            mask = torch.tensor([[1] * len(ids) + [0] * (width - len(ids)) for ids in batch])
            network(input_ids=padded, attention_mask=mask).logits.softmax(-1).tolist()

    return way


def _their_names(base: BaseModel, n_blocks: int) -> dict[str, Tensor]:
    """Our fused weights, cut up as transformers keeps them."""
    theirs = {"model.embed_tokens.weight": base.weights["trunk.embedding.weight"]}
    theirs["model.norm.weight"] = base.weights["norm.weight"]
    for i in range(n_blocks):
        ours = {key.removeprefix("blocks.0."): weight for key, weight in base.blocks(i, i + 1).items()}
        theirs |= {f"model.layers.{i}.{key}": weight for key, weight in _their_block(ours, base.config).items()}
    return theirs


def _their_block(ours: dict[str, Tensor], config: GPTConfig) -> dict[str, Tensor]:
    q, k, v = torch.split(ours["attention.qkv.weight"], [config.d_model, config.d_kv, config.d_kv])
    gate, up = ours["mlp.gate_up.weight"].chunk(2)
    return {
        "self_attn.q_proj.weight": q,
        "self_attn.k_proj.weight": k,
        "self_attn.v_proj.weight": v,
        "self_attn.o_proj.weight": ours["attention.out.weight"],
        "mlp.gate_proj.weight": gate,
        "mlp.up_proj.weight": up,
        "mlp.down_proj.weight": ours["mlp.down.weight"],
        "input_layernorm.weight": ours["norm_attention.weight"],
        "post_attention_layernorm.weight": ours["norm_mlp.weight"],
    }


def _transformers() -> Any:
    try:
        import transformers
    except ImportError:
        raise SystemExit("hamlet: this benchmark compares with transformers: pip install transformers") from None
    transformers.utils.logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # transformers' is untyped
    return transformers
