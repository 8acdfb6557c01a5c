"""A run on one page: collect, fine-tune, evaluate, register, and ask the gate."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import structlog
import torch
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from classifier import resident_memory
from storage.learning import presumed, snapshots, versions
from storage.learning.presumed import Limits, PresumedText
from storage.models import ModelVersion
from storage.moderation import corrections
from storage.moderation.corrections import CorrectedText
from storage.session import reading, transaction
from storage.shared_models import ModelsUnreachable, SharedModels
from training.data import labelled_files, seed
from training.data.datasets import Example
from training.data.defence_bounds import Defences
from training.data.labelled_files import LabelledFile
from training.data.snapshot import Snapshot, snapshot
from training.fit import base_models, finetune, provenance
from training.fit.progress import Reporter
from training.fit.recipe import TrainConfig
from training.lifecycle import assembly, gate, rebuild, register, schedule
from training.lifecycle.gate_decision import Gate
from training.lifecycle.lease import Lease
from training.lifecycle.record import recorded
from training.lifecycle.register import Finished
from training.settings import TrainingSettings

log = structlog.get_logger()


@dataclass(frozen=True)
class Workshop:
    """Where a run works: its database, its folders, what the environment says."""

    engine: Engine
    models: Path
    settings: TrainingSettings
    url: str | None = None  # where versions are published

    @property
    def shared(self) -> SharedModels:
        """The folder of model versions, and where they are published."""
        return SharedModels(self.models, self.url)


@dataclass(frozen=True)
class RunRequest:
    """Who asks for a run, on which seed set, and whether a version that passes the gate goes on by itself.

    `like` names a version whose examples are used again, instead of what moderators have taught by now. A run that is
    `hurried` learns from little of a large snapshot, so that something can serve soon.
    """

    by: str
    data: LabelledFile | Path | None = None
    goes_on: bool = False
    like: str | None = None
    hurried: bool = False


WORTH_HURRYING = 3_000  # training examples; fewer are learned from within a minute or two anyway
BY_HAND = RunRequest("command line")


@dataclass(frozen=True)
class _Collected:
    """What the database holds when a run begins, and the snapshot that was made of it."""

    snapshot: Snapshot
    corrected: list[CorrectedText]
    served: list[ModelVersion]  # the champion, then the versions that served before it


def retrain(workshop: Workshop, reporter: Reporter, config: TrainConfig, request: RunRequest = BY_HAND) -> ModelVersion:
    """Fine-tune on the seed set and what moderators taught, register the version, and ask the gate about it.

    Always from the base model: what was withdrawn or relabelled since the last run is forgotten for good.
    Raises TrainingError, with nothing registered, and TrainingBusy while another run is under way.
    """
    engine, settings = workshop.engine, workshop.settings
    with Lease(engine) as lease, recorded(engine, reporter, lease, request.by, request.goes_on) as run:
        torch.set_num_threads(settings.training_threads)
        resident_memory.one_heap()
        began_at = time.time()
        run.begin("Collecting what moderators taught", 1)
        collected = _collect(workshop, run, request)
        run.advance(1)
        resident_memory.give_back()
        if request.hurried and len(collected.snapshot.split.train) > WORTH_HURRYING:
            config = config.hurried
        base = base_models.fetch(config.base_model, settings.cache, run.say)
        finetune.require_depth(base, config)
        finished = assembly.finished(base, collected.snapshot, config, settings, run)
        collected.snapshot.require_unchanged()
        run.begin("Writing the version", 1)
        made = provenance.of(collected.snapshot, config, began_at, request.like)
        champion = collected.served[0] if collected.served else None
        version = register.store(engine, workshop.models, finished, collected.snapshot, champion, made)
        run.version_id = version.id
        workshop.shared.publish(version.name)
        run.advance(1)
        run.begin("Comparing it with the champion", 1)
        decision = _compared(workshop, collected, version, finished)
        run.advance(1)
        with transaction(engine) as session:  # together, or a run that is over would be done once more
            version = schedule.go_on(session, settings, version.id, decision, request.goes_on)
            run.end(session)
        _withdraw(workshop, register.prune(engine, workshop.models))
        return version


def _compared(workshop: Workshop, collected: _Collected, version: ModelVersion, finished: Finished) -> Gate:
    """The gate's decision on the version, with the champion's files fetched where they are not here."""
    _fetch(workshop, collected.served)
    snapshot, corrected = collected.snapshot, collected.corrected
    measured, scores = finished.measured, finished.scores
    return gate.examine(workshop.models, collected.served, version, snapshot, corrected, measured, scores)


def _fetch(workshop: Workshop, served: list[ModelVersion]) -> None:
    """Have the files here of the version to compare with; where that fails, the gate goes on with the one before it."""
    for version in served[:1]:
        try:
            workshop.shared.fetch(version.name)
        except ModelsUnreachable as error:
            log.warning("the champion's files cannot be fetched", reason=str(error))


def _withdraw(workshop: Workshop, pruned: list[str]) -> None:
    """Delete what was pruned where versions are published; what cannot be deleted now is named again by the next run."""
    try:
        for name in pruned:
            workshop.shared.withdraw(name)
    except ModelsUnreachable as error:
        log.warning("pruned versions stay where they are published", reason=str(error))


def _collect(workshop: Workshop, reporter: Reporter, request: RunRequest) -> _Collected:
    """Read everything that the run learns from or is compared with, as it is at this moment."""
    seed_set = _seed_set(workshop.settings, reporter, request.data)
    at, bounds = datetime.now(UTC), workshop.settings.defences
    with reading(workshop.engine) as session:
        corrected, champion = corrections.accepted(session), versions.champion(session)
        earlier, learned = versions.fallbacks(session), snapshots.texts_learned(session, champion)
        ham = _presumed(session, at, bounds)
        like = _snapshot_of(session, request.like, seed_set) if request.like else None
    collected = snapshot(seed_set, corrected, at, bounds, learned, ham)
    if like is not None:  # what moderators have undone since must not be flagged by it either
        collected = replace(like, trusted=like.trusted | collected.trusted)
    return _Collected(collected, corrected, [champion, *earlier] if champion else [])


def _snapshot_of(session: Session, version: str, seed_set: list[Example]) -> Snapshot:
    return rebuild.snapshot_of(session, versions.named(session, version), seed_set)


def _presumed(session: Session, at: datetime, bounds: Defences) -> list[PresumedText]:
    return presumed.sample(session, at, Limits(bounds.presumed, bounds.presumed_an_author)) if bounds.presumed else []


def _seed_set(settings: TrainingSettings, reporter: Reporter, data: LabelledFile | Path | None) -> list[Example]:
    if (chosen := data or settings.seed_data) is not None:
        return labelled_files.read(chosen)
    return seed.default(settings.cache, settings.datasets, reporter.say)
