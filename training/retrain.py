"""A run on one page: collect, split, fine-tune, evaluate, register, and ask the gate."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
import torch
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from classifier.checkpoint import Checkpoint
from classifier.model import SpamGPT, Trunk
from classifier.pretrained import BaseModel
from storage.models import ModelVersion
from storage.queries import corrections, presumed, snapshots, versions
from storage.queries.presumed import Limits, PresumedText
from storage.session import reading, transaction
from training import (
    base_models,
    baselines,
    encoders,
    evaluate,
    finetune,
    gate,
    labelled,
    learn,
    on_presumed_ham,
    plan,
    provenance,
    rebuild,
    register,
    schedule,
    seed,
    thresholds,
)
from training.datasets import Example, Split
from training.defences import Defences
from training.downloads import Progress
from training.embeddings import Embedder
from training.examples import Snapshot, snapshot
from training.feature_cache import FeatureCache
from training.features import Reader
from training.labelled import LabelledFile
from training.learn import Learned
from training.lease import Lease
from training.presumed_ham import ORIGIN
from training.recipe import TrainConfig
from training.record import recorded
from training.register import Finished
from training.reporter import Reporter
from training.settings import TrainingSettings

log = structlog.get_logger()


@dataclass(frozen=True)
class Workshop:
    """Where a run works: its database, its folders, what the environment says."""

    engine: Engine
    models: Path
    settings: TrainingSettings


@dataclass(frozen=True)
class Asked:
    """Who wants a run, on which seed set, and whether a version that passes the gate goes on by itself.

    `like` names a version whose examples are to be taken again, instead of what moderators have taught by now.
    """

    by: str
    data: LabelledFile | Path | None = None
    goes_on: bool = False
    like: str | None = None


BY_HAND = Asked("command line")


def retrain(workshop: Workshop, reporter: Reporter, config: TrainConfig, asked: Asked = BY_HAND) -> ModelVersion:
    """Fine-tune on the seed set and what moderators taught, register the version, and have the gate judge it.

    Always from the base model: what was withdrawn or relabelled since the last run is forgotten for good.
    Raises TrainingError, with nothing registered, and TrainingBusy while another run is under way.
    """
    engine = workshop.engine
    with Lease(engine) as lease, recorded(engine, reporter, lease, asked.by, asked.goes_on) as watched:
        torch.set_num_threads(workshop.settings.training_threads)
        began_at = time.time()
        watched.begin("Collecting what moderators taught", 1)
        seed_set = _seed_set(workshop.settings, watched, asked.data)
        at, bounds = datetime.now(UTC), workshop.settings.defences
        with reading(engine) as session:
            corrected, champion = corrections.accepted(session), versions.champion(session)
            spare, learned = versions.fallbacks(session), snapshots.texts_learned(session, champion)
            ham = _presumed(session, at, bounds)
            like = rebuild.snapshot_of(session, versions.named(session, asked.like), seed_set) if asked.like else None
        seen = snapshot(seed_set, corrected, at, bounds, learned, ham)
        if like is not None:  # what moderators have undone since must not be flagged by it either
            seen = replace(like, trusted=like.trusted | seen.trusted)
        watched.advance(1)
        base = base_models.fetch(config.base_model, workshop.settings.cache, watched.say)
        finetune.require_depth(base, config)
        finished = _finished(base, seen, config, workshop.settings, watched)
        seen.require_unchanged()
        watched.begin("Writing the version", 1)
        made = provenance.of(seen, config, began_at, asked.like)
        version = register.store(engine, workshop.models, finished, seen, champion, made)
        watched.version_id = version.id
        watched.advance(1)
        watched.begin("Comparing it with the champion", 1)
        served = [champion, *spare] if champion else []
        found = gate.examine(workshop.models, served, version.name, seen, corrected, finished.scores)
        watched.advance(1)
        with transaction(engine) as session:  # together, or a run that is over would be done once more
            version = schedule.go_on(session, workshop.settings, version.id, found, asked.goes_on)
            watched.end(session)
        register.prune(engine, workshop.models)
        return version


def _presumed(session: Session, at: datetime, bounds: Defences) -> list[PresumedText]:
    return presumed.sample(session, at, Limits(bounds.presumed, bounds.presumed_an_author)) if bounds.presumed else []


def _seed_set(settings: TrainingSettings, reporter: Reporter, data: LabelledFile | Path | None) -> list[Example]:
    if (chosen := data or settings.seed_data) is not None:
        return labelled.read(chosen)
    return seed.default(settings, reporter.say)


def _finished(
    base: BaseModel, seen: Snapshot, config: TrainConfig, settings: TrainingSettings, reporter: Reporter
) -> Finished:
    reader = reader_of(base, config, settings, reporter.say)
    split = seen.split
    overheard = [Example(one.text, False, ORIGIN) for one in seen.presumed_held_out]
    outcome = learn.learn(base, reader, split.train, split.validation, config, reporter, overheard)
    learned, chosen_on = outcome.learned, outcome.validation
    said = learn.scored(learned, learn.read(reader, overheard, config, reporter), overheard).scores if overheard else []
    measured_on = learn.scored(learned, learn.read(reader, split.hold_out, config, reporter), split.hold_out)
    chosen = thresholds.of_chats(chosen_on, said, [one.chat_id for one in seen.presumed_held_out])
    beside = baselines_of(split, config)
    metrics = {
        "hold_out": evaluate.measure(measured_on, chosen),
        "hold_outs": evaluate.by_origin(measured_on, split.hold_out, chosen),
        "validation": evaluate.measure(chosen_on, chosen),
        "blend": asdict(learned.blend),
        "shares": asdict(learned.shares),
        "act": thresholds.evidence(chosen_on, chosen, said),
        "baselines": beside,
        **on_presumed_ham.metrics(seen.presumed_held_out, said, chosen),
    }
    version = Checkpoint(
        model=assembled(reader.trunk, learned),
        tokenizer=base.tokenizer,
        thresholds=chosen,
        base_model=config.base_model,
        wide=learned.wide,
        encoder=learned.encoder if learned.encoder_head else None,
        encoder_head=learned.encoder_head,
        blend=learned.blend,
        metrics=metrics,
        training={"config": asdict(config), "config_hash": config.hash},
    )
    return Finished(version, outcome.history, measured_on)


def baselines_of(split: Split, config: TrainConfig) -> dict[str, dict[str, Any]]:
    """What the classical models find, from the messages of one epoch, so that their time does not grow either."""
    seen = plan.sample(split.train, config.epoch_examples, config)
    return baselines.measure(
        seen, plan.weights_of(seen, config.linear_correction_weight), split.validation, split.hold_out
    )


def reader_of(base: BaseModel, config: TrainConfig, settings: TrainingSettings, say: Progress) -> Reader:
    """The frozen networks with the cache the settings ask for. Raises DownloadError."""
    encoder = encoders.fetch(config.encoder, settings.cache, say)
    path, limit = settings.cache / "features.sqlite", int(settings.feature_cache_mb * 1e6)
    cache = FeatureCache(path, limit) if limit else None
    embedder = Embedder(encoder, config.dtype, cache) if encoder else None
    return Reader(base, config.frozen_blocks, config.dtype, cache, embedder)


def assembled(trunk: Trunk, learned: Learned) -> SpamGPT:
    """The network of a trunk and what was learned on top of it, ready to judge."""
    with torch.device("meta"):
        model = SpamGPT(trunk.config, len(trunk.blocks), len(learned.head.blocks), learned.head.averages)
    model.trunk, model.head, model.probe = trunk, learned.head, learned.probe
    return model.eval()
