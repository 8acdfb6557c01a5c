"""A model version's directory: whole and in agreement, or refused."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from classifier import checkpoint
from classifier.errors import CheckpointError
from classifier.files import FILES, MANIFEST, verify
from classifier.spam import SpamClassifier
from classifier.thresholds import Thresholds
from tests import tiny
from tests.classifier.checkpoints import TEXTS, another, rewrite, sign


def test_saved_and_loaded_weights_are_the_same_bits(saved: Path) -> None:
    before, after = tiny.checkpoint().model.state_dict(), checkpoint.load(saved).model.state_dict()
    assert list(before) == list(after)
    assert all(torch.equal(before[key], after[key]) for key in before)


def test_a_version_of_the_first_format_still_loads(saved: Path) -> None:
    def older(config: dict[str, Any]) -> None:
        config["format"] = 1
        del config["wide"], config["blend"], config["thresholds"]["act_by_strictness"]

    rewrite(saved, "config.json", older)
    loaded = checkpoint.load(saved)
    assert SpamClassifier(loaded).score(TEXTS) == SpamClassifier(tiny.checkpoint()).score(TEXTS)
    assert loaded.thresholds.act_at("strict") == loaded.thresholds.act


def test_a_loaded_version_scores_as_before(saved: Path) -> None:
    assert SpamClassifier.load(saved).score(TEXTS) == SpamClassifier(tiny.checkpoint()).score(TEXTS)


def test_everything_beside_the_weights_comes_back(saved: Path) -> None:
    made, loaded = tiny.checkpoint(), checkpoint.load(saved)
    assert replace(loaded, model=made.model) == made
    assert loaded.model.trunk.config == tiny.CONFIG


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_refused_by_name(saved: Path, name: str) -> None:
    content = bytearray((saved / name).read_bytes())
    content[len(content) // 2] ^= 1
    (saved / name).write_bytes(content)
    with pytest.raises(CheckpointError, match=name):
        checkpoint.load(saved)


@pytest.mark.parametrize("name", FILES)
def test_a_truncated_file_is_refused_by_name(saved: Path, name: str) -> None:
    (saved / name).write_bytes((saved / name).read_bytes()[:-1])
    with pytest.raises(CheckpointError, match=name):
        checkpoint.load(saved)


@pytest.mark.parametrize("name", [*FILES, MANIFEST])
def test_a_missing_file_is_refused_by_name(saved: Path, name: str) -> None:
    (saved / name).unlink()
    with pytest.raises(CheckpointError, match=name):
        checkpoint.load(saved)


@pytest.mark.parametrize("name", [*FILES, MANIFEST])
def test_a_file_of_another_version_is_refused(saved: Path, name: str) -> None:
    checkpoint.save(another(), saved.with_name("v2"))
    shutil.copyfile(saved.with_name("v2") / name, saved / name)
    with pytest.raises(CheckpointError, match=MANIFEST if name == MANIFEST else name):
        checkpoint.load(saved)


@pytest.mark.parametrize("position", [0, 40, 200, -2])
def test_a_damaged_manifest_is_refused(saved: Path, position: int) -> None:
    content = bytearray((saved / MANIFEST).read_bytes())
    content[position] ^= 1
    (saved / MANIFEST).write_bytes(content)
    with pytest.raises(CheckpointError):
        checkpoint.load(saved)


def test_a_manifest_of_files_elsewhere_is_refused(saved: Path) -> None:
    (saved.parent / "elsewhere").write_text("")
    manifest = json.loads((saved / MANIFEST).read_text())
    (saved / MANIFEST).write_text(json.dumps(manifest | {"../elsewhere": hashlib.sha256().hexdigest()}))
    with pytest.raises(ValueError, match="names other folders"):
        verify(saved)


def test_a_missing_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="nowhere"):
        checkpoint.load(tmp_path / "nowhere")


def test_thresholds_out_of_order_are_refused(saved: Path) -> None:
    rewrite(saved, "config.json", lambda config: config["thresholds"].update(review=0.95))
    with pytest.raises(CheckpointError, match=r"thresholds must be .* not 0\.95 and 0\.9"):
        checkpoint.load(saved)


@pytest.mark.parametrize(("review", "act"), [(0.9, 0.5), (-0.1, 0.5), (0.5, 1.1), (float("nan"), 0.5)])
def test_thresholds_cannot_be_made_out_of_order(review: float, act: float) -> None:
    with pytest.raises(ValueError, match="thresholds must be"):
        Thresholds(review, act)


def test_another_format_is_refused(saved: Path) -> None:
    rewrite(saved, "config.json", lambda config: config.update(format=6))
    with pytest.raises(CheckpointError, match="format 6 is not one of"):
        checkpoint.load(saved)


def test_a_tokenizer_with_more_tokens_than_the_model_is_refused(saved: Path) -> None:
    rewrite(saved, "tokenizer.json", lambda content: content["special_tokens"].update({"<|more|>": 257}))
    with pytest.raises(CheckpointError, match="the tokenizer has 258 tokens, the model 257"):
        checkpoint.load(saved)


def test_a_config_that_does_not_fit_the_weights_is_refused(saved: Path) -> None:
    rewrite(saved, "config.json", lambda config: config.update(trained_blocks=2, gpt=config["gpt"] | {"n_blocks": 4}))
    with pytest.raises(CheckpointError, match="Missing key"):
        checkpoint.load(saved)


def test_a_config_without_shapes_is_refused(saved: Path) -> None:
    rewrite(saved, "config.json", lambda config: config.pop("gpt"))
    with pytest.raises(CheckpointError, match="gpt"):
        checkpoint.load(saved)


def test_a_file_that_is_no_safetensors_is_refused(saved: Path) -> None:
    (saved / "head.safetensors").write_bytes(b"pickle")
    sign(saved)
    with pytest.raises(CheckpointError):
        checkpoint.load(saved)
