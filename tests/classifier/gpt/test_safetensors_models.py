"""Folders of the hub: GPT-2, Llama and Qwen2 are read as transformers reads them, or refused by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from classifier.checkpoint import Checkpoint, load, save
from classifier.errors import PretrainedError
from classifier.gpt.model import GPTConfig, SpamGPT
from classifier.gpt.safetensors_models import INDEX, WEIGHTS, read_safetensors, require_supported
from classifier.thresholds import Thresholds
from tests.classifier import published

FAMILIES = ["gpt2", "llama", "qwen2"]


def written(folder: Path, family: str, **changed: Any) -> Path:
    return published.write(folder / family, published.MODELS[family](**changed), published.TOKENIZERS[family]())


@pytest.mark.parametrize("is_tied", [True, False], ids=["tied", "untied"])
@pytest.mark.parametrize("family", FAMILIES)
def test_logits_equal_those_of_transformers(tmp_path: Path, family: str, is_tied: bool) -> None:
    theirs = published.MODELS[family](tie_word_embeddings=is_tied)
    base = read_safetensors(published.write(tmp_path / "a", theirs, published.TOKENIZERS[family]()), "tiny")
    ids = torch.randint(published.SIZE, (3, 40))
    with torch.inference_mode():
        expected, logits = theirs(ids).logits, base.language_model()(ids)
    assert base.config.tied is is_tied
    assert expected.std() > 0.5
    torch.testing.assert_close(logits, expected, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("family", FAMILIES)
def test_shards_are_one_model(tmp_path: Path, family: str) -> None:
    model, tokens = published.MODELS[family](), published.TOKENIZERS[family]()
    whole = read_safetensors(published.write(tmp_path / "whole", model, tokens), "tiny")
    folder = published.write(tmp_path / "shards", model, tokens, max_shard_size="20KB")
    assert len(list(folder.glob("*.safetensors"))) > 1
    shards = read_safetensors(folder, "tiny")
    assert shards.weights.keys() == whole.weights.keys()
    assert all(torch.equal(shards.weights[key], whole.weights[key]) for key in whole.weights)


def test_the_first_publication_of_gpt2_has_bare_names_and_masks(tmp_path: Path) -> None:
    """Its file says `h.0.attn.c_attn.weight` and carries each block's mask."""
    folder = written(tmp_path, "gpt2")
    before = read_safetensors(folder, "tiny")
    tensors = {key.removeprefix("transformer."): value for key, value in load_file(folder / WEIGHTS).items()}
    save_file(tensors | {"h.0.attn.bias": torch.ones(1, 1, 64, 64)}, folder / WEIGHTS)
    after = read_safetensors(folder, "tiny")
    assert all(torch.equal(after.weights[key], before.weights[key]) for key in before.weights)


def test_half_precision_is_read_as_fp32(tmp_path: Path) -> None:
    model = published.llama().to(torch.bfloat16)
    base = read_safetensors(published.write(tmp_path / "a", model, published.smollm_like()), "tiny")
    assert {value.dtype for value in base.weights.values()} == {torch.float32}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_trunk_and_the_blocks_after_it_are_the_whole(tmp_path: Path, family: str) -> None:
    base = read_safetensors(written(tmp_path, family), "tiny")
    network = SpamGPT(base.config, 1, 1)
    network.trunk = base.trunk(1)
    network.head.load_state_dict(base.blocks(1, 2) | base.norm(), strict=False)
    ids, lengths = torch.randint(published.SIZE, (2, 20)), torch.tensor([20, 20])
    model = base.language_model()
    with torch.inference_mode():
        expected = network.head.classes(model.norm(model.trunk(ids)))[:, -1]
        torch.testing.assert_close(network(ids, lengths), expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_model_version_of_each_family_is_saved_and_loaded(tmp_path: Path, family: str) -> None:
    base = read_safetensors(written(tmp_path, family), "tiny")
    model = SpamGPT(base.config, 1, 1).eval()
    save(Checkpoint(model, base.tokenizer, Thresholds(0.5, 0.9), "tiny"), tmp_path / "v1")
    again = load(tmp_path / "v1")
    assert again.model.trunk.config == base.config
    assert again.tokenizer == base.tokenizer


def test_a_config_written_before_the_families_is_smollm2s() -> None:
    older = {
        "vocab_size",
        "context_length",
        "n_blocks",
        "d_model",
        "n_heads",
        "n_kv_heads",
        "d_ff",
        "rope_base",
        "norm_eps",
    }
    shape = {key: value for key, value in GPTConfig().to_dict().items() if key in older}
    assert GPTConfig(**shape) == GPTConfig()


@pytest.mark.parametrize(
    ("family", "changed", "reason"),
    [
        ("llama", {"model_type": "mistral"}, "a mistral model, and only gpt2, llama, qwen2 are known"),
        ("qwen2", {"model_type": "qwen2_moe"}, "a qwen2_moe model"),
        (
            "llama",
            {"rope_parameters": None, "rope_scaling": {"type": "linear", "factor": 2.0}},
            "scaled rotary positions",
        ),
        (
            "llama",
            {"rope_parameters": {"rope_type": "llama3", "rope_theta": 5e5, "factor": 8.0}},
            "scaled rotary positions",
        ),
        ("llama", {"attention_bias": True}, "attention_bias = True"),
        ("llama", {"hidden_act": "gelu"}, "hidden_act = 'gelu'"),
        ("llama", {"head_dim": 16}, "heads of 16"),
        ("llama", {"quantization_config": {"bits": 4}}, "quantization_config"),
        ("qwen2", {"use_sliding_window": True}, "use_sliding_window = True"),
        ("qwen2", {"layer_types": ["full_attention", "sliding_attention"]}, "sliding_attention"),
        ("gpt2", {"activation_function": "relu"}, "activation_function = 'relu'"),
        ("gpt2", {"scale_attn_by_inverse_layer_idx": True}, "scale_attn_by_inverse_layer_idx"),
        ("gpt2", {"vocab_size": 300}, r"its tokenizer has the id \d+, its model 300 rows"),
        ("gpt2", {"n_embd": "wide"}, "wide"),
    ],
)
def test_what_is_not_known_is_refused(tmp_path: Path, family: str, changed: dict[str, Any], reason: str) -> None:
    folder = written(tmp_path, family)
    about = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(about | changed))
    with pytest.raises(PretrainedError, match=f"cannot be read: .*{reason}"):
        read_safetensors(folder, "tiny")


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", WEIGHTS])
@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b"{}"])
def test_a_missing_or_damaged_file_is_refused(tmp_path: Path, name: str, content: bytes | None) -> None:
    path = written(tmp_path, "llama") / name
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PretrainedError, match="base model tiny cannot be read"):
        read_safetensors(path.parent, "tiny")


def test_a_tensor_that_means_nothing_here_is_refused(tmp_path: Path) -> None:
    folder = written(tmp_path, "llama")
    save_file(load_file(folder / WEIGHTS) | {"model.layers.0.self_attn.q_norm.weight": torch.ones(8)}, folder / WEIGHTS)
    with pytest.raises(
        PretrainedError, match=r"1 tensors that are not known here, such as model\.layers\.0\.self_attn\.q_norm"
    ):
        read_safetensors(folder, "tiny")


def test_a_tensor_that_lacks_is_refused(tmp_path: Path) -> None:
    folder = written(tmp_path, "qwen2")
    tensors = load_file(folder / WEIGHTS)
    del tensors["model.layers.1.self_attn.k_proj.bias"]
    save_file(tensors, folder / WEIGHTS)
    with pytest.raises(PretrainedError, match=r"layers\.1\.self_attn\.k_proj\.bias' is missing"):
        read_safetensors(folder, "tiny")


def test_an_index_that_leaves_its_folder_is_refused(tmp_path: Path) -> None:
    folder = written(tmp_path, "llama")
    (folder / INDEX).write_text(json.dumps({"weight_map": {"lm_head.weight": "../../secret.safetensors"}}))
    with pytest.raises(PretrainedError, match="names a file outside its folder"):
        read_safetensors(folder, "tiny")


def test_a_folder_is_refused_before_its_weights_are_there(tmp_path: Path) -> None:
    folder = written(tmp_path, "qwen2")
    (folder / WEIGHTS).unlink()
    require_supported(folder, "tiny")
    (folder / "config.json").write_text('{"model_type": "qwen3"}')
    with pytest.raises(PretrainedError, match="tiny cannot be read: it is a qwen3 model"):
        require_supported(folder, "tiny")
