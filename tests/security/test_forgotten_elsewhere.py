"""A member's words beside tables and files of the database: backups, model versions, the cache of features, metrics."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from prometheus_client import REGISTRY as DEFAULT
from prometheus_client import CollectorRegistry

from classifier import checkpoint
from cli.backup import making
from jobs.metrics import REGISTRY
from jobs.metrics_server import Answers
from review.monitoring import DatabaseFigures
from storage.settings import StorageSettings
from tests import tiny
from tests.bot.world import World
from tests.security.members_traces import NAMES, TRACES, WORDS, in_files, live
from tests.security.test_forgotten import forget
from training.data.datasets import Example
from training.fit import ngrams
from training.fit.feature_cache import FeatureCache
from training.fit.features import Reader
from training.fit.recipe import TrainConfig

pytestmark = pytest.mark.stories


def in_backup(world: World, file: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    StorageSettings().home.mkdir(exist_ok=True)
    monkeypatch.setenv("HAMLET_DATABASE_URL", world.engine.url.render_as_string(hide_password=False))
    content = making.back_up(file).path.read_bytes()
    return {trace for trace in TRACES if trace.encode() in content}


def test_a_backup_holds_her_until_she_was_forgotten(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(world)
    assert in_backup(world, tmp_path / "before.tar", monkeypatch) == set(TRACES)
    forget(world)
    assert in_backup(world, tmp_path / "after.tar", monkeypatch) == set()


def test_no_metric_ever_holds_her(world: World) -> None:
    live(world)
    of_the_database = CollectorRegistry()
    of_the_database.register(DatabaseFigures(world.engine, lambda _: True))
    for registry in (DEFAULT, REGISTRY, of_the_database):
        status, _, body = Answers(registry, lambda: None, None).to("/metrics", "")
        assert status == 200
        assert [trace for trace in TRACES if trace in body.decode()] == []


def test_no_version_that_learned_her_words_and_no_cache_of_them_can_be_read(world: World, tmp_path: Path) -> None:
    texts = [f"maybe {word} by {name}" for word in WORDS for name in NAMES]
    examples = [Example(text, is_spam, "correction") for text in texts for is_spam in (True, False)]
    learned = ngrams.fit(examples, TrainConfig(quick_examples=100))
    checkpoint.save(replace(tiny.checkpoint(), ngram_model=learned), tmp_path / "models" / "v1")
    cache = FeatureCache(tmp_path / "cache" / "features.sqlite", 10**8)
    Reader(tiny.base_model(), 2, torch.float32, cache).read(texts)
    assert {path.name for path in (tmp_path / "cache").iterdir()} >= {"features.sqlite"}
    assert in_files(world, tmp_path / "models", tmp_path / "cache") == set()
