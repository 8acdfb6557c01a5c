"""The n-gram model and the encoder in a version's directory."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from classifier import checkpoint
from classifier.blend import Blend
from classifier.checkpoint import Checkpoint
from classifier.errors import CheckpointError
from classifier.files import ENCODER, ENCODER_HEAD, NGRAM_MODEL
from classifier.ngrams import NGramModel, NGrams
from classifier.spam import SpamClassifier
from tests import tiny
from tests.classifier.checkpoints import TEXTS, sign
from tests.classifier.encoders import tiny_encoder, tiny_head

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
    scores = SpamClassifier.load(tmp_path / "v1").score(TEXTS)
    assert scores == pytest.approx(SpamClassifier(with_encoder()).score(TEXTS), abs=1e-6)
    assert scores != pytest.approx(SpamClassifier(with_ngrams()).score(TEXTS), abs=1e-3)


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
    with pytest.raises(ValueError, match="are there together or not at all"):
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
