"""The encoder's vectors: each computed once, kept, the same from the cache as anew."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.classifier.encoders import tiny_encoder
from training.fit import embeddings
from training.fit.embeddings import Embedder
from training.fit.feature_cache import FeatureCache

TEXTS = ["see you at ten", "Free cash", "see you at ten", "", "привет", "x" * 2_000]


@pytest.fixture
def cache(tmp_path: Path) -> FeatureCache:
    return FeatureCache(tmp_path / "features.sqlite", 10_000_000)


def embedder(cache: FeatureCache | None, seed: int = 0) -> Embedder:
    return Embedder(tiny_encoder(seed), torch.float32, cache)


def test_a_vector_is_the_same_from_the_cache_as_anew(cache: FeatureCache) -> None:
    anew = embedder(None).embed(TEXTS)
    for _ in ("cold", "warm"):
        np.testing.assert_allclose(embedder(cache).embed(TEXTS), anew, atol=1e-3)  # kept in fp16
    assert anew.shape == (len(TEXTS), 32)


def test_what_is_kept_is_not_computed_again(cache: FeatureCache) -> None:
    kept = embedder(cache).embed(TEXTS)
    np.testing.assert_array_equal(embedder(cache).embed(TEXTS[::-1]), kept[::-1])
    keys = [embeddings.key(embedder(cache)._hash, ids) for ids in sequences()]
    assert len(cache.get(keys, 32)) == len(set(TEXTS))


def sequences() -> list[list[int]]:
    return [embedder(None)._serving.windows(text)[0] for text in set(TEXTS)]


def test_another_encoder_finds_nothing_of_the_first(cache: FeatureCache) -> None:
    assert not np.allclose(embedder(cache).embed(TEXTS), embedder(cache, seed=1).embed(TEXTS), atol=1e-2)


def test_no_texts_have_no_vectors(cache: FeatureCache) -> None:
    assert embedder(cache).embed([]).shape == (0, 32)


def test_the_caches_room_bounds_vectors_too(tmp_path: Path) -> None:
    row, texts = 32 * 2, [f"text {i}" for i in range(20)]  # bytes of a vector
    small = FeatureCache(tmp_path / "small.sqlite", 3 * row)
    maker = embedder(small)
    maker.embed(texts)
    assert len(small.get([embeddings.key(maker._hash, maker._serving.windows(text)[0]) for text in texts], 32)) == 3


def test_its_watcher_is_told_of_every_text(cache: FeatureCache) -> None:
    advances: list[int] = []
    embedder(cache).embed([f"text {i}" for i in range(embeddings.AT_ONCE + 5)], advances.append)
    assert advances == [embeddings.AT_ONCE, 5]
