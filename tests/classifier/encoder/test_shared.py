"""Versions that share an encoder's files share the prepared encoder, as long as one of them is loaded."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import torch

from classifier.encoder import stored
from classifier.encoder.serving import _PREPARED, ServingEncoder
from classifier.files import ENCODER
from classifier.reading import FOLDED
from tests.classifier.encoders import tiny_encoder


def test_linked_files_are_prepared_once_and_others_for_themselves(tmp_path: Path) -> None:
    first, linked, other = (tmp_path / name for name in ("first", "linked", "other"))
    for folder in (first, linked, other):
        folder.mkdir()
    stored.save(tiny_encoder(), first)
    stored.save(tiny_encoder(seed=1), other)
    for name in ENCODER:
        os.link(first / name, linked / name)
    prepared = ServingEncoder.of(stored.load(first), torch.float32, FOLDED)
    assert ServingEncoder.of(stored.load(linked), torch.float32, FOLDED) is prepared
    assert ServingEncoder.of(stored.load(other), torch.float32, FOLDED) is not prepared
    assert ServingEncoder.of(stored.load(first), torch.bfloat16, FOLDED) is not prepared


def test_what_no_version_uses_is_given_up(tmp_path: Path) -> None:
    stored.save(tiny_encoder(), tmp_path)
    encoder = stored.load(tmp_path)
    prepared = ServingEncoder.of(encoder, torch.float32, FOLDED)
    assert _PREPARED[encoder.files, torch.float32, FOLDED] is prepared
    del prepared
    gc.collect()
    assert (encoder.files, torch.float32, FOLDED) not in _PREPARED


def test_an_encoder_that_was_read_from_no_file_is_prepared_anew() -> None:
    encoder = tiny_encoder()
    assert ServingEncoder.of(encoder, torch.float32, FOLDED) is not ServingEncoder.of(encoder, torch.float32, FOLDED)
