"""What a model file states is of the type it is declared with; how a version reads; what computes no number is no ham."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from classifier import checkpoint
from classifier.blend import Blend
from classifier.encoder.serving import ServingEncoder
from classifier.gpt.model import GPTConfig
from classifier.gpt.shape import require_plausible
from classifier.reading import FOLDED, SPELT
from classifier.spam import SpamClassifier
from classifier.stated import as_declared
from tests import tiny
from tests.classifier.encoders import tiny_encoder
from tests.classifier.test_checkpoint_parts import NGRAMS, WEIGHTS, with_encoder, with_ngrams


@pytest.mark.parametrize(
    ("field", "value"),
    [("n_blocks", 2.0), ("n_blocks", True), ("norm", "no"), ("rope_base", float("inf")), ("bias", 1)],
)
def test_a_field_of_another_type_is_refused_by_name(field: str, value: Any) -> None:
    as_declared(tiny.CONFIG)
    with pytest.raises(ValueError, match=field):
        as_declared(replace(tiny.CONFIG, **{field: value}))


def test_a_share_that_is_no_number_is_refused() -> None:
    assert as_declared(Blend(network_most=None)).network_most is None
    with pytest.raises(ValueError, match="shift"):
        as_declared(Blend(shift=float("nan")))
    with pytest.raises(ValueError, match="temperature"):
        Blend(temperature=0.0)


@pytest.mark.parametrize("change", [{"n_blocks": 10**9}, {"context_length": 0}, {"n_heads": 5}, {"d_ff": -1}])
def test_a_shape_that_no_network_has_is_refused(change: dict[str, int]) -> None:
    require_plausible(GPTConfig(), 8, 4)
    with pytest.raises(ValueError, match="the shape of no network"):
        require_plausible(replace(tiny.CONFIG, **change))  # type: ignore[arg-type]  # sizes alone


def test_ngrams_that_compute_no_number_are_not_taken_for_ham() -> None:
    broken = replace(with_ngrams(), ngram_model=replace(NGRAMS, weights=np.full_like(WEIGHTS, np.nan)))
    with pytest.raises(ArithmeticError, match="not a number"):
        SpamClassifier(broken).score(["see you at ten"])


def test_the_encoder_reads_in_the_manner_of_the_versions_ngrams(tmp_path: Path) -> None:
    newest = replace(with_encoder(), ngram_model=replace(NGRAMS, ngrams=replace(NGRAMS.ngrams, manner=SPELT)))
    checkpoint.save(newest, tmp_path / "v1")
    assert checkpoint.load(tmp_path / "v1").manner == SPELT
    older, newer = (ServingEncoder(tiny_encoder(), torch.float32, manner) for manner in (FOLDED, SPELT))
    assert newer.windows("b⭕nus c4sino") == newer.windows("bonus casino") == older.windows("bonus casino")
    assert older.windows("b⭕nus c4sino") != older.windows("bonus casino")
