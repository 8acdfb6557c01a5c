"""The recipe on one page: collect, split, fine-tune, evaluate, register. Serving it is another step, `promote`."""

from __future__ import annotations

import math
import shutil
import time
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import structlog
import torch
from sqlalchemy import Engine

from classifier import checkpoint
from classifier.checkpoint import Checkpoint, Thresholds
from classifier.model import Head, SpamGPT, Trunk
from classifier.pretrained import BaseModel
from storage.models import ModelVersion
from storage.queries import corrections, leases, versions
from storage.queries.versions import NewVersion
from storage.session import reading, transaction
from training import base_models, datasets, evaluate, features, finetune, sms
from training.datasets import Example
from training.errors import ModelNotStored, TrainingBusy
from training.evaluate import Scored
from training.examples import Snapshot, snapshot
from training.finetune import TrainConfig
from training.settings import TrainingSettings

LEASE = "training"
LEASE_SECONDS = 120.0  # renewed as the run goes on; a run that died frees it after this long
RENEW_SECONDS = 10.0

log = structlog.get_logger()


class Reporter(Protocol):
    """Whoever watches a run: a terminal with a bar, or a log."""

    def say(self, sentence: str) -> None: ...

    def begin(self, stage: str, total: int) -> None: ...

    def advance(self, amount: int, note: str = "") -> None: ...


@dataclass(frozen=True)
class Workshop:
    """Where a run works: its database, its folders, what the environment says."""

    engine: Engine
    models: Path
    settings: TrainingSettings


def retrain(workshop: Workshop, reporter: Reporter, config: TrainConfig, data: Path | None = None) -> ModelVersion:
    """Fine-tune on the seed set (or the file `data`) and every accepted correction, and register the version.

    Raises TrainingError, with nothing registered, and TrainingBusy while another run is under way.
    """
    with _Lease(workshop.engine) as lease:
        torch.set_num_threads(workshop.settings.training_threads)
        seed = _seed_set(workshop.settings, reporter, data)
        with reading(workshop.engine) as session:
            corrected = [Example(c.text, c.is_spam, "correction") for c in corrections.accepted(session)]
        seen = snapshot(seed, corrected)
        base = base_models.fetch(config.base_model, workshop.settings.cache, reporter.say)
        trained, scores = _fine_tune(base, seen, config, reporter, lease)
        finished = _evaluated(base, seen, config, trained, scores)
        version = _register(workshop, finished, seen)
        _prune(workshop)
        return version


def _seed_set(settings: TrainingSettings, reporter: Reporter, data: Path | None) -> list[Example]:
    if data is not None:
        return datasets.read_labelled(data)
    return datasets.read_sms(sms.fetch(settings.cache, settings.datasets, reporter.say))


def _fine_tune(
    base: BaseModel, seen: Snapshot, config: TrainConfig, reporter: Reporter, lease: _Lease
) -> tuple[SpamGPT, list[float]]:
    """The trained network, and its scores of the validation and hold-out texts, in that order."""
    split = seen.split
    texts = [example.text for example in (*split.train, *split.validation, *split.hold_out)]
    trunk, head = base.trunk(config.frozen_blocks), finetune.new_head(base, config)
    reporter.begin(f"Reading {len(texts):,} messages with the frozen {config.frozen_blocks} blocks", len(texts))

    def advance(amount: int) -> None:
        lease.renew()
        reporter.advance(amount)

    known = features.compute(trunk, base.tokenizer, texts, advance, config.dtype)
    train, rest = known.part(0, len(split.train)), known.part(len(split.train), len(texts))
    labels = [example.is_spam for example in split.train]
    steps = config.epochs * -(-len(labels) // config.batch_size)
    reporter.begin(
        f"Fine-tuning {config.trained_blocks} blocks on {len(labels):,} messages, {config.epochs} epochs", steps
    )
    epoch_losses: list[float] = []
    for progress in finetune.fit(head, train, labels, config):
        lease.renew()
        epoch_losses.append(progress.loss)
        reporter.advance(1, f"loss {sum(epoch_losses[-50:]) / len(epoch_losses[-50:]):.3f}")
        if progress.step % (steps // config.epochs) == 0:
            _tell_epoch(
                head, rest.part(0, len(split.validation)), split.validation, progress.epoch, epoch_losses, reporter
            )
            epoch_losses = []
    return _assembled(trunk, head), finetune.predict(head, rest)


def _tell_epoch(
    head: Head,
    known: features.Features,
    examples: Sequence[Example],
    epoch: int,
    losses: list[float],
    reporter: Reporter,
) -> None:
    scores = finetune.predict(head, known)
    right = sum((score >= 0.5) == example.is_spam for score, example in zip(scores, examples, strict=True))
    loss, accuracy = sum(losses) / max(len(losses), 1), right / len(examples)
    reporter.say(f"epoch {epoch}: training loss {loss:.4f}, validation accuracy {accuracy:.2%}")


def _assembled(trunk: Trunk, head: Head) -> SpamGPT:
    with torch.device("meta"):
        model = SpamGPT(trunk.config, len(trunk.blocks), len(head.blocks))
    model.trunk, model.head = trunk, head
    return model.eval()


def _evaluated(base: BaseModel, seen: Snapshot, config: TrainConfig, model: SpamGPT, scores: list[float]) -> Checkpoint:
    """The finished checkpoint: thresholds from the validation scores, figures from the hold-out scores."""
    validation, hold_out = seen.split.validation, seen.split.hold_out
    chosen_on = Scored(scores[: len(validation)], [example.is_spam for example in validation])
    measured_on = Scored(scores[len(validation) :], [example.is_spam for example in hold_out])
    thresholds = evaluate.choose_thresholds(chosen_on)
    return Checkpoint(
        model=model,
        tokenizer=base.tokenizer,
        thresholds=thresholds,
        base_model=config.base_model,
        metrics=_metrics(measured_on, thresholds),
        training={
            "config": asdict(config),
            "config_hash": config.hash,
            "examples_hash": seen.hash,
            "examples": {"train": len(seen.split.train), "validation": len(validation), "hold_out": len(hold_out)},
            "corrections": seen.corrections,
            "trained_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        },
    )


def _metrics(measured_on: Scored, thresholds: Thresholds) -> dict[str, Any]:
    return {"hold_out": evaluate.measure(measured_on, thresholds)}


def _register(workshop: Workshop, finished: Checkpoint, seen: Snapshot) -> ModelVersion:
    """Write the directory, whole, then the row: a row never names a directory that is not there."""
    with reading(workshop.engine) as session:
        number = versions.next_number(session)
    while (directory := workshop.models / f"v{number}").exists():  # left by a run that died before its row
        number += 1
    try:
        checkpoint.save(finished, directory, workshop.models / "trunks")
    except OSError as error:
        raise ModelNotStored(workshop.models, error) from error
    new = NewVersion(
        name=directory.name,
        review_threshold=finished.thresholds.review,
        act_threshold=finished.thresholds.act,
        examples_hash=seen.hash,
        metrics=finished.metrics | {"corrections": seen.corrections},
    )
    with transaction(workshop.engine) as session:
        return versions.register(session, new)


def _prune(workshop: Workshop) -> None:
    """Remove directories of versions that nothing falls back to; their rows and figures stay."""
    with transaction(workshop.engine) as session:
        for version in versions.prunable(session):
            shutil.rmtree(workshop.models / version.name, ignore_errors=True)
            versions.mark_pruned(version)
    for trunk in (workshop.models / "trunks").glob("*.safetensors"):
        if trunk.stat().st_nlink == 1:  # no version links to it any more
            trunk.unlink()


class _Lease:
    """One run at a time, by a row that outlives crashes."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._holder, self._renewed_at = engine, uuid.uuid4().hex, -math.inf

    def __enter__(self) -> _Lease:
        self.renew()
        return self

    def renew(self) -> None:
        """Keep the lease. Raises TrainingBusy where another run has it."""
        if time.monotonic() - self._renewed_at < RENEW_SECONDS:
            return
        with transaction(self._engine) as session:
            if not leases.take(session, LEASE, self._holder, LEASE_SECONDS):
                raise TrainingBusy
        self._renewed_at = time.monotonic()

    def __exit__(self, *_: object) -> None:
        with transaction(self._engine) as session:
            leases.give_back(session, LEASE, self._holder)
