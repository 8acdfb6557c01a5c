"""A version's snapshot again, from what is stored of it: to train the same version anew, or to prove how it was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from sqlalchemy.orm import Session

from storage.models import ModelVersion
from storage.models import Snapshot as Row
from storage.queries import corrections, snapshots
from storage.queries.snapshots import text_hash
from training.datasets import Example
from training.errors import NotRebuildable
from training.examples import Snapshot, hash_of_seed, joined, seed_split, with_presumed
from training.presumed_ham import ORIGIN, Parted, PresumedExample
from training.recipe import TrainConfig


def snapshot_of(session: Session, version: ModelVersion, seed: Sequence[Example]) -> Snapshot:
    """What the version saw, every text and the whole checked against the stored hashes.

    Raises NotRebuildable where a text was erased or edited, or the seed set is another one.
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
    split, trusted = joined(seed_split(seed), learned, measured), frozenset(known)
    bare = Snapshot(split, len(learned), "", row.seed_hash, tuple(items), trusted)
    seen = with_presumed(bare, _presumed(session, version, row.id), row.counts)
    if seen.hash != version.examples_hash:
        raise NotRebuildable(version.name, "its examples are put together in another way by this release")
    return seen


def _presumed(session: Session, version: ModelVersion, snapshot_id: int) -> Parted:
    """The snapshot's presumed ham. Raises NotRebuildable where some of it was erased or edited."""
    found = snapshots.presumed_items(session, snapshot_id)
    gone = sum(text_hash(text) != item.text_hash for item, text, _ in found)
    if gone:
        raise NotRebuildable(version.name, f"{gone} of the messages that it presumed ham were erased or edited since")
    learned = [Example(text, False, ORIGIN, item.weight) for item, text, _ in found if not item.is_held_out]
    held_out = [PresumedExample(text, chat_id) for item, text, chat_id in found if item.is_held_out]
    return Parted(learned, held_out, [item for item, _, _ in found])


def config_of(version: ModelVersion) -> TrainConfig:
    """The recipe it was trained with. Raises NotRebuildable where this release has other settings."""
    stored = version.provenance.get("config", {})
    if missing := {field.name for field in fields(TrainConfig)} - set(stored):
        raise NotRebuildable(version.name, f"its recipe is of another release and has no {', '.join(sorted(missing))}")
    try:
        return TrainConfig(**stored)
    except TypeError as error:
        raise NotRebuildable(version.name, f"this release has another recipe ({error})") from error
