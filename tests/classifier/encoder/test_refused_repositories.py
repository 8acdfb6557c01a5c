"""A repository that is no sentence encoder of a known kind is refused with the reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from classifier.encoder.repository import read_repository
from classifier.errors import PretrainedError
from tests.classifier.encoder import tiny_repository


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"model_type": "gpt2"}, "a gpt2 with gelu is not one of bert, xlm-roberta with gelu"),
        ({"hidden_act": "relu"}, "a bert with relu is not one of"),
    ],
)
def test_another_kind_of_model_is_refused(tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    tiny_repository.write(tmp_path, "bert")
    about = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(about | change))
    with pytest.raises(PretrainedError, match=reason):
        read_repository(tmp_path, "tiny")


def test_weights_cut_short_are_refused(tmp_path: Path) -> None:
    tiny_repository.write(tmp_path, "bert")
    whole = (tmp_path / "model.safetensors").read_bytes()
    (tmp_path / "model.safetensors").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(PretrainedError, match="no sentence encoder of a known kind"):
        read_repository(tmp_path, "tiny")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"num_hidden_layers": 3}, "encoder.layer.2"),
        ({"intermediate_size": 64}, r"is of shape \(96, 64\), not \(64, 64\)"),
        ({"hidden_size": 32}, "is of shape"),
        ({"num_attention_heads": 0}, "cannot be shared by 0 heads"),
        ({"layer_norm_eps": None}, "float"),
    ],
)
def test_a_config_that_does_not_fit_the_weights_is_refused(tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    tiny_repository.write(tmp_path, "bert")
    rewrite(tmp_path / "config.json", lambda about: about | change)
    with pytest.raises(PretrainedError, match=reason):
        read_repository(tmp_path, "tiny")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"type": "BPE"}, "its tokenizer is a BPE and not a Unigram"),
        ({"byte_fallback": True}, "falls back to bytes"),
        ({"vocab": [[f"piece{i}", -1.0] for i in range(20)]}, "<s>"),
        ({"vocab": [*map(list, tiny_repository.pieces()), ["one", -1.0], ["more", -1.0]]}, "the network"),
        ({"vocab": {"word": 0}}, "no sentence encoder"),
    ],
)
def test_a_tokenizer_that_is_another_or_too_large_is_refused(
    tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    tiny_repository.write(tmp_path, "bert")
    rewrite(tmp_path / "tokenizer.json", lambda about: about | {"model": about["model"] | change})
    with pytest.raises(PretrainedError, match=reason):
        read_repository(tmp_path, "tiny")


def rewrite(path: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
