"""Storing versions: a directory and a row for each, and removing what nothing falls back to."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from classifier import checkpoint, files
from classifier.checkpoint import Checkpoint
from storage.learning import erasure, pruning, snapshots, versions
from storage.learning.versions import NewVersion
from storage.models import ModelVersion
from storage.session import reading, transaction
from training.data.datasets import Example
from training.data.snapshot import Snapshot
from training.errors import ModelNotStored
from training.fit import report
from training.fit.epochs import History
from training.fit.thresholds import Scored
from training.lifecycle.gate_evidence import Scores


@dataclass(frozen=True)
class Finished:
    """A run's outcome: the checkpoint to be stored, and what its report shows."""

    version: Checkpoint
    history: History
    measured: Sequence[Example]  # of the hold-out set
    measured_on: Scored

    @property
    def scores(self) -> Scores:
        """The run's own scores of what it was measured on, with the thresholds it chose."""
        chosen = self.version.thresholds
        return Scores(self.measured_on.scores, chosen.review, chosen.act)


def store(
    engine: Engine,
    models: Path,
    finished: Finished,
    snapshot: Snapshot,
    champion: ModelVersion | None,
    made: dict[str, Any],
) -> ModelVersion:
    """Write the whole directory, then the rows, so that no row names a missing directory. Raises ModelNotStored."""
    finished = replace(finished, version=replace(finished.version, training=made))
    with reading(engine) as session:
        number = versions.next_number(session)
    while (directory := models / f"v{number}").exists():  # left by a run that died before its row
        number += 1
    try:
        checkpoint.save(finished.version, directory, models / "trunks")
        manifest_hash = files.manifest_hash(directory)
        report.write(directory / "report", finished.version, finished.history, finished.measured_on)
    except OSError as error:
        shutil.rmtree(directory, ignore_errors=True)  # the report may be what the disk had no room for
        raise ModelNotStored(models, error) from error
    new = NewVersion(
        name=directory.name,
        review_threshold=finished.version.thresholds.review,
        act_threshold=finished.version.thresholds.act,
        examples_hash=snapshot.hash,
        metrics=finished.version.metrics | {"corrections": snapshot.corrections},
        parent=champion.name if champion else None,
        provenance=made,
        manifest_hash=manifest_hash,
    )
    with transaction(engine) as session:
        snapshot_id = snapshots.store(
            session, snapshot.hash, snapshot.seed_hash, snapshot.counts, snapshot.items, snapshot.presumed_items
        )
        version = versions.register(session, replace(new, snapshot_id=snapshot_id))
        erasure.mark_erased(session, version)
        return version


def prune(engine: Engine, models: Path) -> list[str]:
    """Remove directories of versions that nothing falls back to; their rows stay. Returns the versions' names."""
    with transaction(engine) as session:
        names = pruning.prune(session)
    for name in names:
        shutil.rmtree(models / name, ignore_errors=True)
    for trunk in (models / "trunks").glob("*.safetensors"):
        if trunk.stat().st_nlink == 1:  # no version links to it any more
            trunk.unlink()
    return names
