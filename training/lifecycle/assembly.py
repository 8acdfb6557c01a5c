"""A run's parts, fitted, evaluated and put together as the version to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from classifier import resident_memory
from classifier.checkpoint import Checkpoint
from classifier.gpt import products
from classifier.gpt.model import SpamGPT, Trunk
from classifier.gpt.pretrained import BaseModel
from classifier.thresholds import Thresholds
from training.data.datasets import Example, Split
from training.data.downloads import Progress
from training.data.presumed_ham import ORIGIN
from training.data.snapshot import Snapshot
from training.fit import baselines, encoders, evaluate, learn, plan, presumed_ham_evaluation, thresholds
from training.fit.embeddings import Embedder
from training.fit.feature_cache import FeatureCache
from training.fit.features import Reader
from training.fit.learn import Learned, Outcome
from training.fit.progress import Reporter
from training.fit.recipe import TrainConfig
from training.fit.thresholds import Scored, joined
from training.lifecycle.register import Finished
from training.settings import TrainingSettings

SCORED_TOGETHER = 2_048  # texts whose features are in memory at once, some 70 kB each


def finished(
    base: BaseModel, snapshot: Snapshot, config: TrainConfig, settings: TrainingSettings, reporter: Reporter
) -> Finished:
    """Fit every part to the snapshot, choose thresholds, and evaluate. Raises DownloadError and TrainingDiverged."""
    reader, split = reader_of(base, config, settings, reporter.say), snapshot.split
    overheard = [Example(held_out.text, False, ORIGIN) for held_out in snapshot.presumed_held_out]
    outcome = learn.learn(base, reader, split.train, split.validation, config, reporter, overheard)
    scores = _scored(outcome.learned, reader, overheard, config, reporter).scores if overheard else []
    measured = plan.sample(split.hold_out, config.measured_examples, config)
    measured_on = _scored(outcome.learned, reader, measured, config, reporter)
    chat_ids = [held_out.chat_id for held_out in snapshot.presumed_held_out]
    chosen = thresholds.of_chats(outcome.validation, scores, chat_ids)
    metrics = _metrics(snapshot, outcome, measured, measured_on, chosen, scores)
    metrics["baselines"] = baselines_of(replace(split, hold_out=measured), config)
    version = _checkpoint(base, reader.trunk, outcome.learned, chosen, metrics, config)
    return Finished(version, outcome.history, measured, measured_on)


def _scored(
    learned: Learned, reader: Reader, examples: Sequence[Example], config: TrainConfig, reporter: Reporter
) -> Scored:
    parts = [examples[start : start + SCORED_TOGETHER] for start in range(0, len(examples), SCORED_TOGETHER)]
    learn.begin_reading(reporter, len(examples), config)
    return joined([learn.scored(learned, learn.read(reader, part, reporter), part) for part in parts])


def _metrics(
    snapshot: Snapshot,
    outcome: Outcome,
    measured: Sequence[Example],
    measured_on: Scored,
    chosen: Thresholds,
    overheard: Sequence[float],
) -> dict[str, Any]:
    """What the evaluation on `measured` found; `overheard` are the scores of the chats' own held-out ham."""
    return {
        "hold_out": evaluate.measure(measured_on, chosen),
        "hold_outs": evaluate.by_origin(measured_on, measured, chosen),
        "validation": evaluate.measure(outcome.validation, chosen),
        "blend": asdict(outcome.learned.blend),
        "shares": asdict(outcome.learned.shares),
        "act": thresholds.evidence(outcome.validation, chosen, overheard),
        **presumed_ham_evaluation.metrics(snapshot.presumed_held_out, overheard, chosen),
    }


def _checkpoint(
    base: BaseModel,
    trunk: Trunk,
    learned: Learned,
    chosen: Thresholds,
    metrics: dict[str, Any],
    config: TrainConfig,
) -> Checkpoint:
    return Checkpoint(
        model=assembled(trunk, learned),
        tokenizer=base.tokenizer,
        thresholds=chosen,
        base_model=config.base_model,
        ngram_model=learned.ngram_model,
        encoder=learned.encoder if learned.encoder_head else None,
        encoder_head=learned.encoder_head,
        blend=learned.blend,
        metrics=metrics,
        training={"config": asdict(config), "config_hash": config.hash},
    )


def baselines_of(split: Split, config: TrainConfig) -> dict[str, dict[str, Any]]:
    """The figures of the classical models, from as many messages as one epoch has, so that their time does not grow."""
    sample = plan.sample(split.train, config.epoch_examples, config)
    weights = plan.weights_of(sample, config.linear_correction_weight)
    return baselines.measure(
        sample, weights, plan.sample(split.validation, config.asked_examples, config), split.hold_out
    )


def reader_of(base: BaseModel, config: TrainConfig, settings: TrainingSettings, say: Progress) -> Reader:
    """The frozen networks with the cache that the settings ask for. Raises DownloadError."""
    encoder = encoders.fetch(config.encoder, settings.cache, say)
    path, limit = settings.cache / "features.sqlite", int(settings.feature_cache_mb * 1e6)
    cache = FeatureCache(path, limit) if limit else None
    dtype = products.dtype_named(config.products)
    embedder = Embedder.of(encoder, dtype, cache, config) if encoder else None
    return Reader(base, config.frozen_blocks, dtype, cache, embedder)


def assembled(trunk: Trunk, learned: Learned) -> SpamGPT:
    """The network of a trunk and the head and probe that were fitted on top of it, ready to score."""
    with resident_memory.Unfilled():
        model = SpamGPT(trunk.config, len(trunk.blocks), len(learned.head.blocks), learned.head.averages)
    model.trunk, model.head, model.probe = trunk, learned.head, learned.probe
    return model.eval()
