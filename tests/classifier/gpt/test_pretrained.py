"""Published models: a GGUF of the Llama family is read as others read it, or refused by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import gguf
import numpy as np
import pytest
import torch
from torch import Tensor
from transformers import LlamaConfig, LlamaForCausalLM

from classifier.errors import PretrainedError
from classifier.gpt.model import LanguageModel
from classifier.gpt.pretrained import read_gguf
from classifier.gpt.tokenizer import bytes_of_token
from tests import tiny

CONFIG = tiny.CONFIG
GPT2_CODES = [*range(33, 127), *range(161, 173), *range(174, 256), *range(256, 256 + 68)]
TOKENS = [*sorted(map(chr, GPT2_CODES), key=bytes_of_token), "<|end|>"]
LAYERS = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
ROTATED = {"attn_q": CONFIG.n_heads, "attn_k": CONFIG.n_kv_heads}


@pytest.fixture(scope="module")
def published() -> LlamaForCausalLM:
    """A small Llama as transformers makes it, with norms that are not all ones."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=CONFIG.vocab_size,
        hidden_size=CONFIG.d_model,
        intermediate_size=CONFIG.d_ff,
        num_hidden_layers=CONFIG.n_blocks,
        num_attention_heads=CONFIG.n_heads,
        num_key_value_heads=CONFIG.n_kv_heads,
        max_position_embeddings=CONFIG.context_length,
        rms_norm_eps=CONFIG.norm_eps,
        rope_parameters={"rope_type": "default", "rope_theta": CONFIG.rope_base},
        tie_word_embeddings=True,
        initializer_range=0.2,
    )
    model = LlamaForCausalLM(config)
    for name, weights in model.named_parameters():
        if "norm" in name:
            torch.nn.init.uniform_(weights, 0.5, 1.5)
    return model


@pytest.fixture
def written(published: LlamaForCausalLM, tmp_path: Path) -> Path:
    return write(published, tmp_path / "tiny.gguf")


def write(model: LlamaForCausalLM, path: Path, architecture: str = "llama", pre: str = "smollm") -> Path:
    """The model as llama.cpp's converter writes it."""
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_context_length(CONFIG.context_length)
    writer.add_block_count(CONFIG.n_blocks)
    writer.add_embedding_length(CONFIG.d_model)
    writer.add_head_count(CONFIG.n_heads)
    writer.add_head_count_kv(CONFIG.n_kv_heads)
    writer.add_feed_forward_length(CONFIG.d_ff)
    writer.add_rope_freq_base(CONFIG.rope_base)
    writer.add_layer_norm_rms_eps(CONFIG.norm_eps)
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(TOKENS)
    writer.add_token_types([1] * 256 + [3])
    for name, weights in tensors(model).items():
        writer.add_tensor(name, weights)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def tensors(model: LlamaForCausalLM) -> dict[str, np.ndarray]:
    weights = {key: value.detach() for key, value in model.named_parameters()}
    made = {
        "token_embd.weight": weights["model.embed_tokens.weight"],
        "output_norm.weight": weights["model.norm.weight"],
    }
    for block in range(CONFIG.n_blocks):
        for ours, theirs in LAYERS.items():
            rows = weights[f"model.layers.{block}.{theirs}.weight"]
            made[f"blk.{block}.{ours}.weight"] = interleaved(rows, ROTATED[ours]) if ours in ROTATED else rows
    return {name: value.contiguous().numpy() for name, value in made.items()}


def interleaved(rows: Tensor, n_heads: int) -> Tensor:
    """The order that rotating pairs (2i, 2i + 1) wants: row s·E/2 + i of each head becomes row 2i + s."""
    return rows.view(n_heads, 2, -1, rows.shape[1]).transpose(1, 2).reshape(rows.shape)


def test_every_parameter_of_our_own_has_its_shape(written: Path) -> None:
    base = read_gguf(written, "tiny")
    expected = {key: value.shape for key, value in LanguageModel(CONFIG).state_dict().items()}
    assert {key: value.shape for key, value in base.weights.items()} == expected
    assert base.config == replace(CONFIG, norm_eps=float(np.float32(CONFIG.norm_eps)))


def test_logits_equal_those_of_transformers(written: Path, published: LlamaForCausalLM) -> None:
    ids = torch.randint(CONFIG.vocab_size, (3, 40))
    with torch.inference_mode():
        ours, theirs = read_gguf(written, "tiny").language_model()(ids), published(ids).logits
    assert theirs.std() > 0.5
    torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=1e-4)


def test_its_tokenizer_knows_bytes_and_special_tokens_apart(written: Path) -> None:
    tokenizer = read_gguf(written, "tiny").tokenizer
    assert tokenizer == tiny.tokenizer()
    assert tokenizer.decode(tokenizer.encode("naïve 私 <|end|>")) == "naïve 私 <|end|>"


def test_a_trunk_and_the_blocks_after_it_are_the_whole(written: Path) -> None:
    base = read_gguf(written, "tiny")
    trunk, after = base.trunk(2), base.blocks(2, 3)
    assert torch.equal(trunk.state_dict()["blocks.1.mlp.down.weight"], base.weights["trunk.blocks.1.mlp.down.weight"])
    assert torch.equal(after["blocks.0.mlp.down.weight"], base.weights["trunk.blocks.2.mlp.down.weight"])
    assert len(trunk.state_dict()) + len(after) + 1 == len(base.weights)


def test_another_architecture_is_refused(published: LlamaForCausalLM, tmp_path: Path) -> None:
    with pytest.raises(PretrainedError, match=r"'gpt2' is not of the Llama family"):
        read_gguf(write(published, tmp_path / "other.gguf", architecture="gpt2"), "other")


def test_another_pre_tokenizer_is_refused(published: LlamaForCausalLM, tmp_path: Path) -> None:
    with pytest.raises(PretrainedError, match="pre-tokenizer 'qwen2' is not known"):
        read_gguf(write(published, tmp_path / "other.gguf", pre="qwen2"), "other")


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: b"PK" + content[2:],
        lambda content: content[:300],
        lambda content: content[: len(content) // 2],
        lambda content: content[:-1_000],
        lambda content: content.replace(b"blk.1.ffn_up", b"blk.1.ffn_XX"),
        lambda content: content.replace(b"llama.block_count", b"llama.block_COUNT"),
    ],
    ids=["empty", "no magic", "no metadata", "half", "short", "no tensor", "no field"],
)
def test_a_damaged_file_is_refused_by_name(written: Path, damage: Callable[[bytes], bytes]) -> None:
    written.write_bytes(damage(written.read_bytes()))
    with pytest.raises(PretrainedError, match=r"tiny\.gguf cannot be read"):
        read_gguf(written, "tiny")


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(PretrainedError, match=r"nowhere\.gguf"):
        read_gguf(tmp_path / "nowhere.gguf", "nowhere")
