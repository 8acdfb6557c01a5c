"""An encoder whose vectors are read before its last block."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from classifier import checkpoint
from classifier.blend import Blend
from classifier.checkpoint import Checkpoint
from classifier.encoder.head import ReadOut
from classifier.encoder.network import SentenceEncoder
from classifier.encoder.serving import ServingEncoder
from classifier.errors import CheckpointError
from classifier.spam import SpamClassifier
from tests import tiny
from tests.classifier.checkpoints import rewrite
from tests.classifier.encoders import tiny_encoder, tiny_head
from training.fit.embeddings import Embedder
from training.fit.feature_cache import FeatureCache
from training.fit.recipe import TrainConfig

TEXTS = ["free coins for all of you", "see you at ten", "x"]
BLEND = Blend(network_share=0.0, encoder_share=1.0)


def version(blocks: int | None) -> Checkpoint:
    head = replace(tiny_head(), read_out=ReadOut(blocks))
    return replace(tiny.checkpoint(), encoder=tiny_encoder(), encoder_head=head, blend=BLEND)


def test_vectors_after_one_block_are_those_of_an_encoder_that_has_no_more() -> None:
    encoder = tiny_encoder()
    shape = replace(encoder.config, n_blocks=1)
    shorter = replace(encoder, config=shape)
    serving = ServingEncoder(encoder, torch.float32)
    ids = [serving.windows(text)[0] for text in TEXTS]
    expected = ServingEncoder(shorter, torch.float32).embed(ids)
    assert torch.equal(serving.embed(ids, 1), expected)
    assert not torch.allclose(serving.embed(ids), expected, atol=1e-3)
    assert len(SentenceEncoder(shape).blocks) == 1


def test_a_version_reads_where_its_head_was_fitted_and_says_so_on_the_disk(tmp_path: Path) -> None:
    checkpoint.save(version(1), tmp_path / "early")
    loaded = checkpoint.load(tmp_path / "early")
    assert loaded.encoder_head is not None
    assert loaded.encoder_head.read_out == ReadOut(1)
    early, late = (SpamClassifier(made).score(TEXTS) for made in (loaded, version(None)))
    assert early == pytest.approx(SpamClassifier(version(1)).score(TEXTS))
    assert SpamClassifier(version(2)).score(TEXTS) == pytest.approx(late)
    assert not np.allclose(early, late, atol=1e-3)


def test_a_version_of_the_format_before_reads_all_blocks(tmp_path: Path) -> None:
    checkpoint.save(version(None), tmp_path / "old")
    rewrite(tmp_path / "old", "config.json", lambda config: config.update(format=4) or config.pop("encoder_read_out"))
    assert SpamClassifier.load(tmp_path / "old").score(TEXTS) == pytest.approx(SpamClassifier(version(2)).score(TEXTS))


@pytest.mark.parametrize("blocks", [0, 3, -1])
def test_a_depth_that_the_encoder_has_not_is_refused(tmp_path: Path, blocks: int) -> None:
    checkpoint.save(version(1), tmp_path / "v")
    rewrite(tmp_path / "v", "config.json", lambda config: config.update(encoder_read_out={"blocks": blocks}))
    with pytest.raises(CheckpointError, match=f"2 blocks, and is read after {blocks}"):
        checkpoint.load(tmp_path / "v")


def test_vectors_of_another_depth_are_not_taken_from_the_cache(tmp_path: Path) -> None:
    cache = FeatureCache(tmp_path / "features.sqlite", 10_000_000)
    whole, part = (Embedder(tiny_encoder(), torch.float32, cache, read_out=ReadOut(blocks)) for blocks in (None, 1))
    assert not np.allclose(whole.embed(TEXTS), part.embed(TEXTS), atol=1e-2)
    np.testing.assert_array_equal(part.embed(TEXTS), part.embed(TEXTS))


def test_without_its_prefix_a_text_is_all_that_is_read(tmp_path: Path) -> None:
    serving = ServingEncoder(tiny_encoder(), torch.float32)
    with_prefix, without = (serving.windows("hello", prefixed) for prefixed in (True, False))
    assert len(with_prefix[0]) > len(without[0])
    assert serving.windows("x" * 2_000, prefixed=False)[1:]  # a long one is still cut
    head = replace(tiny_head(), read_out=ReadOut(1, prefixed=False))
    checkpoint.save(replace(version(1), encoder_head=head), tmp_path / "v")
    z = head.log_odds(serving.embed(without, 1).numpy())[0]
    assert SpamClassifier.load(tmp_path / "v").score(["hello"]) == pytest.approx([1 / (1 + np.exp(-z))], abs=1e-5)


def test_a_run_reads_where_its_recipe_says() -> None:
    embedder = Embedder.of(tiny_encoder(), torch.float32, None, TrainConfig())
    assert embedder.read_out == ReadOut(1, prefixed=False)  # two thirds of two blocks
    assert Embedder.of(tiny_encoder(), torch.float32, None, TrainConfig(encoder_depth=0.1)).read_out.blocks == 1
