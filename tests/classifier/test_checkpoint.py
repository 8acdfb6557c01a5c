"""A model version's directory: whole and in agreement, or refused."""

from __future__ import annotations

import json
import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
import torch
from safetensors import SafetensorError
from safetensors.numpy import save_file

from classifier import checkpoint, files
from classifier.blend import Blend
from classifier.checkpoint import Checkpoint
from classifier.errors import CheckpointError
from classifier.files import ENCODER, ENCODER_HEAD, FILES, MANIFEST, NGRAM_MODEL
from classifier.gpt.tokenizer import Tokenizer
from classifier.ngrams import NGramModel, NGrams
from classifier.spam import SpamClassifier
from classifier.thresholds import Thresholds
from tests import tiny
from tests.classifier.encoders import tiny_encoder, tiny_head

TEXTS = ["Win cash now", "see you at ten", "?"]


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    checkpoint.save(tiny.checkpoint(), tmp_path / "v1")
    return tmp_path / "v1"


def another() -> Checkpoint:
    """A version that differs in every file."""
    tokenizer = Tokenizer("other", tiny.tokenizer().ranks, {})
    return replace(tiny.checkpoint(0.4, seed=1), tokenizer=tokenizer, metrics={"other": 1})


def rewrite(directory: Path, name: str, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a JSON file and let the manifest agree, as somebody with an editor might."""
    content = json.loads((directory / name).read_text())
    change(content)
    (directory / name).write_text(json.dumps(content))
    sign(directory)


def sign(directory: Path, *more: str) -> None:
    sums = {name: files.sha256_of(directory / name) for name in (*FILES, *more)}
    (directory / MANIFEST).write_text(json.dumps(sums))


def test_saved_and_loaded_weights_are_the_same_bits(saved: Path) -> None:
    before, after = tiny.checkpoint().model.state_dict(), checkpoint.load(saved).model.state_dict()
    assert list(before) == list(after)
    assert all(torch.equal(before[key], after[key]) for key in before)


RARITY, WEIGHTS = (np.linspace(start, stop, 64, dtype=np.float32) for start, stop in ((1, 2), (-1, 1)))
NGRAMS = NGramModel(NGrams(1, 2, 64), RARITY, WEIGHTS, 0.25)


def with_ngrams() -> Checkpoint:
    return replace(tiny.checkpoint(), ngram_model=NGRAMS, blend=Blend(1.5, 2.0, 0.5))


def test_an_ngram_model_scores_as_before(tmp_path: Path) -> None:
    checkpoint.save(with_ngrams(), tmp_path / "v1")
    loaded = checkpoint.load(tmp_path / "v1")
    assert loaded.blend == Blend(1.5, 2.0, 0.5)
    assert SpamClassifier(loaded).score(TEXTS) == pytest.approx(SpamClassifier(with_ngrams()).score(TEXTS), abs=1e-6)
    assert SpamClassifier(loaded).score(TEXTS) != SpamClassifier(tiny.checkpoint()).score(TEXTS)


def test_a_damaged_ngram_model_is_refused(tmp_path: Path) -> None:
    checkpoint.save(with_ngrams(), tmp_path / "v1")
    content = bytearray((tmp_path / "v1" / "wide.safetensors").read_bytes())
    content[-1] ^= 1
    (tmp_path / "v1" / "wide.safetensors").write_bytes(content)
    with pytest.raises(CheckpointError, match=r"wide\.safetensors"):
        checkpoint.load(tmp_path / "v1")


def test_a_missing_ngram_model_is_refused(tmp_path: Path) -> None:
    checkpoint.save(with_ngrams(), tmp_path / "v1")
    (tmp_path / "v1" / "wide.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"wide\.safetensors"):
        checkpoint.load(tmp_path / "v1")


def with_encoder() -> Checkpoint:
    """A version of all parts."""
    blend = Blend(1.5, encoder_share=2.0)
    return replace(tiny.checkpoint(), ngram_model=NGRAMS, encoder=tiny_encoder(), encoder_head=tiny_head(), blend=blend)


def test_an_encoder_scores_as_before(tmp_path: Path) -> None:
    checkpoint.save(with_encoder(), tmp_path / "v1")
    found = SpamClassifier.load(tmp_path / "v1").score(TEXTS)
    assert found == pytest.approx(SpamClassifier(with_encoder()).score(TEXTS), abs=1e-6)
    assert found != pytest.approx(SpamClassifier(with_ngrams()).score(TEXTS), abs=1e-3)


@pytest.mark.parametrize("name", [*ENCODER, ENCODER_HEAD])
@pytest.mark.parametrize("how", ["flipped", "gone"])
def test_a_damaged_or_missing_file_of_an_encoder_is_refused_by_name(tmp_path: Path, name: str, how: str) -> None:
    checkpoint.save(with_encoder(), tmp_path / "v1")
    content = bytearray((tmp_path / "v1" / name).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "v1" / name).write_bytes(content) if how == "flipped" else (tmp_path / "v1" / name).unlink()
    with pytest.raises(CheckpointError, match=name):
        checkpoint.load(tmp_path / "v1")


def test_versions_share_one_encoder_file(tmp_path: Path) -> None:
    for name in ("v1", "v2"):
        checkpoint.save(with_encoder(), tmp_path / name, tmp_path / "trunks")
    assert (tmp_path / "v1" / ENCODER[0]).samefile(tmp_path / "v2" / ENCODER[0])
    assert len(list((tmp_path / "trunks").iterdir())) == 2  # the trunk's, and the encoder's


@pytest.mark.parametrize("missing", ["encoder", "encoder_head"])
def test_an_encoder_and_its_head_come_together_or_not_at_all(missing: str) -> None:
    with pytest.raises(ValueError, match=r"the encoder's vectors have .* numbers, what is read off them"):
        replace(with_encoder(), **{missing: None})


def test_a_head_of_another_width_than_its_encoders_is_refused(tmp_path: Path) -> None:
    checkpoint.save(with_encoder(), tmp_path / "v1")
    head = {**tiny_head().arrays(), "hidden": np.zeros((6, 64), np.float32)}
    save_file(head, tmp_path / "v1" / ENCODER_HEAD)
    sign(tmp_path / "v1", NGRAM_MODEL, *ENCODER, ENCODER_HEAD)
    with pytest.raises(CheckpointError, match="vectors have 32 numbers, what is read off them 64"):
        checkpoint.load(tmp_path / "v1")


def test_ngrams_that_read_in_an_unknown_manner_are_refused(tmp_path: Path) -> None:
    checkpoint.save(with_ngrams(), tmp_path / "v1")
    config = json.loads((tmp_path / "v1" / "config.json").read_text())
    config["wide"]["manner"] = 9
    (tmp_path / "v1" / "config.json").write_text(json.dumps(config))
    sign(tmp_path / "v1", NGRAM_MODEL)
    with pytest.raises(CheckpointError, match="read in a manner, 9, that this release does not know"):
        checkpoint.load(tmp_path / "v1")


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
    rewrite(saved, "config.json", lambda config: config.update(format=5))
    with pytest.raises(CheckpointError, match="format 5 is not one of"):
        checkpoint.load(saved)


def test_a_tokenizer_with_more_tokens_than_the_model_is_refused(saved: Path) -> None:
    rewrite(saved, "tokenizer.json", lambda content: content["special_tokens"].update({"<|more|>": 257}))
    with pytest.raises(CheckpointError, match="the tokenizer has 258 tokens, the model 257"):
        checkpoint.load(saved)


def test_a_config_that_does_not_fit_the_weights_is_refused(saved: Path) -> None:
    rewrite(saved, "config.json", lambda config: config.update(trained_blocks=2))
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


def test_an_existing_directory_is_never_overwritten(saved: Path) -> None:
    with pytest.raises(FileExistsError, match="never overwritten"):
        checkpoint.save(another(), saved)
    assert checkpoint.load(saved).metrics == tiny.checkpoint().metrics


def test_what_an_interrupted_save_left_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / ".v1.partial").mkdir()
    (tmp_path / ".v1.partial" / "stray").touch()
    checkpoint.save(tiny.checkpoint(), tmp_path / "v1")
    assert sorted(path.name for path in (tmp_path / "v1").iterdir()) == sorted([*FILES, MANIFEST])
    assert not (tmp_path / ".v1.partial").exists()


def test_versions_share_one_trunk_file(tmp_path: Path) -> None:
    trunks = tmp_path / "trunks"
    for name in ("v1", "v2"):
        checkpoint.save(tiny.checkpoint(), tmp_path / name, trunks)
    (kept,) = trunks.iterdir()
    inodes = {path.stat().st_ino for path in (kept, tmp_path / "v1" / FILES[0], tmp_path / "v2" / FILES[0])}
    assert len(inodes) == 1
    assert kept.stat().st_nlink == 3


def test_trunks_that_differ_are_not_shared(tmp_path: Path) -> None:
    checkpoint.save(tiny.checkpoint(), tmp_path / "v1", tmp_path / "trunks")
    checkpoint.save(tiny.checkpoint(seed=1), tmp_path / "v2", tmp_path / "trunks")
    assert len(list((tmp_path / "trunks").iterdir())) == 2


def test_a_version_outlives_the_shared_trunk(tmp_path: Path) -> None:
    checkpoint.save(tiny.checkpoint(), tmp_path / "v1", tmp_path / "trunks")
    shutil.rmtree(tmp_path / "trunks")
    assert SpamClassifier.load(tmp_path / "v1").score(TEXTS) == SpamClassifier(tiny.checkpoint()).score(TEXTS)


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="this machine has no second file system to write to")
def test_a_trunk_on_another_disk_is_copied(saved: Path) -> None:
    with TemporaryDirectory(dir="/dev/shm") as elsewhere:
        trunk = saved / FILES[0]
        shutil.copyfile(trunk, Path(elsewhere) / f"{files.sha256_of(trunk)}.safetensors")
        checkpoint.save(tiny.checkpoint(), saved.with_name("v2"), Path(elsewhere))
    assert SpamClassifier.load(saved.with_name("v2")).score(TEXTS) == SpamClassifier(tiny.checkpoint()).score(TEXTS)


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """No file may grow beyond `size` bytes: what the kernel then answers is what a full disk answers."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [0, 8_000, 60_000])
def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, size: int) -> None:
    with full_disk(size), pytest.raises((OSError, SafetensorError)):
        checkpoint.save(tiny.checkpoint(), tmp_path / "v1")
    assert list(tmp_path.glob("*v1*")) == []


def test_a_shared_folder_that_is_a_file_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "trunks").touch()
    with pytest.raises(FileExistsError):
        checkpoint.save(tiny.checkpoint(), tmp_path / "v1", tmp_path / "trunks")
    assert list(tmp_path.glob("*v1*")) == []


def test_metrics_that_are_no_json_leave_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        checkpoint.save(replace(tiny.checkpoint(), metrics={"f1": object()}), tmp_path / "v1")
    assert list(tmp_path.glob("*v1*")) == []
