"""A version's snapshot again, from what is stored of it: to train the same version anew, or to prove how it was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from sqlalchemy.orm import Session

from storage.models import ModelVersion
from storage.models import Snapshot as Row
from storage.queries import corrections, snapshots
from training.datasets import Example
from training.errors import NotRebuildable
from training.examples import Snapshot, hash_of, hash_of_seed, joined, seed_split, text_hash
from training.recipe import TrainConfig


def snapshot_of(session: Session, version: ModelVersion, seed: Sequence[Example]) -> Snapshot:
    """What the version saw, every text and the whole checked against the stored hashes.

    Raises NotRebuildable where a text was erased or the seed set is another one.
    """
    row = session.get(Row, version.snapshot_id) if version.snapshot_id is not None else None
    if row is None:
        raise NotRebuildable(version.name, "no snapshot of it is stored")
    if hash_of_seed(seed) != row.seed_hash:
        raise NotRebuildable(version.name, "the seed set is another one: name its file with --data")
    items = snapshots.items(session, row.id)
    known = {c.correction_id: c for c in corrections.numbered(session, [item.correction_id for item in items])}
    gone = [i for i in items if i.correction_id not in known or text_hash(known[i.correction_id].text) != i.text_hash]
    if gone:
        raise NotRebuildable(version.name, f"{len(gone)} of its corrections' texts were erased since")
    newest_first = sorted(items, key=lambda i: (known[i.correction_id].made_at, i.correction_id), reverse=True)
    learned, measured = (
        [
            Example(known[i.correction_id].text, i.is_spam, "correction", 1.0 if held_out else i.weight)
            for i in newest_first
            if i.is_held_out is held_out
        ]
        for held_out in (False, True)
    )
    split = joined(seed_split(seed), learned, measured)
    if hash_of(split) != version.examples_hash:
        raise NotRebuildable(version.name, "its examples are put together in another way by this release")
    trusted = frozenset(known)
    return Snapshot(split, len(learned), version.examples_hash, row.seed_hash, tuple(items), trusted, row.counts)


def config_of(version: ModelVersion) -> TrainConfig:
    """The recipe it was trained with, whole. Raises NotRebuildable where this release's has other settings."""
    stored = version.provenance.get("config", {})
    if lacking := [field.name for field in fields(TrainConfig) if field.name not in stored]:
        raise NotRebuildable(
            version.name, f"this release has another recipe (its own says nothing of {', '.join(lacking)})"
        )
    try:
        return TrainConfig(**stored)
    except TypeError as error:
        raise NotRebuildable(version.name, f"this release has another recipe ({error})") from error
