"""Versions as they are kept: a directory and a row for each, and what nobody falls back to is removed."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from classifier import checkpoint
from classifier.checkpoint import Checkpoint
from storage.models import ModelVersion
from storage.queries import pruning, snapshots, versions
from storage.queries.versions import NewVersion
from storage.session import reading, transaction
from training import report
from training.epochs import History
from training.errors import ModelNotStored
from training.examples import Snapshot
from training.promotion import Scores
from training.thresholds import Scored


@dataclass(frozen=True)
class Finished:
    """A run's outcome: the checkpoint to be, and what its report shows."""

    version: Checkpoint
    history: History
    measured_on: Scored

    @property
    def scores(self) -> Scores:
        """What the run itself found of the hold-out set, with the thresholds it chose."""
        chosen = self.version.thresholds
        return Scores(self.measured_on.scores, chosen.review, chosen.act)


def store(
    engine: Engine,
    models: Path,
    finished: Finished,
    seen: Snapshot,
    champion: ModelVersion | None,
    made: dict[str, Any],
) -> ModelVersion:
    """Write the directory, whole, then the rows: a row never names a directory that is not there. Raises ModelNotStored."""
    finished = replace(finished, version=replace(finished.version, training=made))
    with reading(engine) as session:
        number = versions.next_number(session)
    while (directory := models / f"v{number}").exists():  # left by a run that died before its row
        number += 1
    try:
        checkpoint.save(finished.version, directory, models / "trunks")
        report.write(directory / "report", finished.version, finished.history, finished.measured_on)
    except OSError as error:
        shutil.rmtree(directory, ignore_errors=True)  # the report may be what the disk had no room for
        raise ModelNotStored(models, error) from error
    new = NewVersion(
        name=directory.name,
        review_threshold=finished.version.thresholds.review,
        act_threshold=finished.version.thresholds.act,
        examples_hash=seen.hash,
        metrics=finished.version.metrics | {"corrections": seen.corrections},
        parent=champion.name if champion else None,
        provenance=made,
    )
    with transaction(engine) as session:
        kept = snapshots.store(session, seen.hash, seen.seed_hash, seen.counts, seen.items, seen.presumed_items)
        version = versions.register(session, replace(new, snapshot_id=kept))
        snapshots.mark_erased(session, version)
        return version


def prune(engine: Engine, models: Path) -> None:
    """Remove directories of versions that nothing falls back to; their rows and figures stay."""
    with transaction(engine) as session:
        gone = pruning.prune(session)
    for name in gone:
        shutil.rmtree(models / name, ignore_errors=True)
    for trunk in (models / "trunks").glob("*.safetensors"):
        if trunk.stat().st_nlink == 1:  # no version links to it any more
            trunk.unlink()
