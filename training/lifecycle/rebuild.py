"""The snapshot of an earlier version, collected again: to train the same version anew, or to prove how it was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from sqlalchemy.orm import Session

from storage.learning import snapshots
from storage.learning.snapshots import Item, text_hash
from storage.models import ModelVersion
from storage.models import Snapshot as Row
from storage.moderation import corrections
from storage.moderation.corrections import CorrectedText
from training.data.datasets import Example
from training.data.presumed_ham import ORIGIN, Parted, PresumedExample
from training.data.snapshot import Snapshot, hash_of_seed, joined, seed_split, with_presumed
from training.errors import NotRebuildable
from training.fit.recipe import TrainConfig


def snapshot_of(session: Session, version: ModelVersion, seed: Sequence[Example]) -> Snapshot:
    """The version's snapshot, with every text and the whole checked against the stored hashes.

    Raises NotRebuildable where a text was erased or edited, or the seed set is another one.
    """
    row = session.get(Row, version.snapshot_id) if version.snapshot_id is not None else None
    if row is None:
        raise NotRebuildable(version.name, "no snapshot of it is stored")
    if hash_of_seed(seed) != row.seed_hash:
        raise NotRebuildable(version.name, "the seed set is another one: name its file with --data")
    items = snapshots.items(session, row.id)
    by_id = _corrections(session, version, items)
    newest_first = sorted(items, key=lambda item: (by_id[item.correction_id].made_at, item.correction_id), reverse=True)
    learned = [_example(item, by_id, item.weight) for item in newest_first if not item.is_held_out]
    measured = [_example(item, by_id, 1.0) for item in newest_first if item.is_held_out]
    split = joined(seed_split(seed), learned, measured)
    bare = Snapshot(split, len(learned), "", row.seed_hash, tuple(items), frozenset(by_id))
    rebuilt = with_presumed(bare, _presumed(session, version, row.id), row.counts)
    if rebuilt.hash != version.examples_hash:
        raise NotRebuildable(version.name, "its examples are put together in another way by this release")
    return rebuilt


def _corrections(session: Session, version: ModelVersion, items: Sequence[Item]) -> dict[int, CorrectedText]:
    """The snapshot's corrections by their ids. Raises NotRebuildable where a text was erased or edited."""
    rows = corrections.numbered(session, [item.correction_id for item in items])
    by_id = {row.correction_id: row for row in rows}
    intact = [i for i in items if i.correction_id in by_id and text_hash(by_id[i.correction_id].text) == i.text_hash]
    if len(intact) < len(items):
        raise NotRebuildable(version.name, f"{len(items) - len(intact)} of its corrections' texts were erased since")
    return by_id


def _example(item: Item, by_id: dict[int, CorrectedText], weight: float) -> Example:
    return Example(by_id[item.correction_id].text, item.is_spam, "correction", weight)


def _presumed(session: Session, version: ModelVersion, snapshot_id: int) -> Parted:
    """The snapshot's presumed ham. Raises NotRebuildable where some of it was erased or edited."""
    rows = snapshots.presumed_items(session, snapshot_id)
    changed = sum(text_hash(text) != item.text_hash for item, text, _ in rows)
    if changed:
        raise NotRebuildable(
            version.name, f"{changed} of the messages that it presumed ham were erased or edited since"
        )
    learned = [Example(text, False, ORIGIN, item.weight) for item, text, _ in rows if not item.is_held_out]
    held_out = [PresumedExample(text, chat_id) for item, text, chat_id in rows if item.is_held_out]
    return Parted(learned, held_out, [item for item, _, _ in rows])


def config_of(version: ModelVersion) -> TrainConfig:
    """The recipe it was trained with. Raises NotRebuildable where this release has other settings."""
    stored = version.provenance.get("config", {})
    if missing := {field.name for field in fields(TrainConfig)} - set(stored):
        raise NotRebuildable(version.name, f"its recipe is of another release and has no {', '.join(sorted(missing))}")
    try:
        return TrainConfig(**stored)
    except TypeError as error:
        raise NotRebuildable(version.name, f"this release has another recipe ({error})") from error
