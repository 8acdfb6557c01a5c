"""A model directory with anything in any place, which the manifest agrees with: it loads and scores, or is refused by name."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier import checkpoint, files
from classifier.errors import CheckpointError, TextError
from classifier.files import MANIFEST
from classifier.spam import SpamClassifier
from tests.classifier.test_checkpoint_parts import with_encoder
from tests.fuzz.effort import changed, damaged, examples

ABOUT = ("config.json", "tokenizer.json", "encoder.json", "metrics.json", MANIFEST)
WEIGHTS = (
    "trunk.safetensors",
    "head.safetensors",
    "wide.safetensors",
    "encoder.safetensors",
    "encoder_head.safetensors",
)


@pytest.fixture(scope="module")
def whole() -> object:
    """The directory of a version of all parts."""
    with tempfile.TemporaryDirectory() as folder:
        checkpoint.save(with_encoder(), Path(folder) / "v1")
        yield Path(folder) / "v1"


def tried(whole: Path, name: str, content: bytes) -> None:
    """The version with that content in that file."""
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder) / "v1"
        shutil.copytree(whole, directory)
        (directory / name).write_bytes(content)
        if name != MANIFEST:
            manifest = files.read_json(directory / MANIFEST)
            files.write_json(directory / MANIFEST, manifest | {name: files.sha256_of(directory / name)})
        try:
            loaded = SpamClassifier.load(directory)
        except CheckpointError:
            return
        try:
            answers = loaded.try_score(["Win cash now", "see you at ten"])
        except ArithmeticError:  # what it computes is no number; the worker then asks for another version
            return
        assert all(isinstance(answer, TextError) or 0 <= answer <= 1 for answer in answers)


@given(data=st.data())
@examples(80)
def test_anything_in_any_place_of_what_describes_a_version(whole: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(ABOUT))
    tried(whole, name, json.dumps(data.draw(changed(json.loads((whole / name).read_text()), 2))).encode())


@given(data=st.data())
@examples(40)
def test_damage_in_any_file_of_a_version(whole: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from((*ABOUT, *WEIGHTS, "encoder.model")))
    tried(whole, name, data.draw(damaged((whole / name).read_bytes())))
