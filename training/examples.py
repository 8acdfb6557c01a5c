"""The snapshot a run learns from: the seed set and the accepted corrections, split without leaks, hashed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from training.datasets import Example, Split, gist, require_both_classes, split_by_text, without_repeats
from training.errors import SnapshotMismatch


@dataclass(frozen=True)
class Snapshot:
    """What a run saw. `hash` is that of the split when it was collected."""

    split: Split
    corrections: int
    hash: str

    def require_unchanged(self) -> None:
        """Raises SnapshotMismatch where the examples are no longer those that were hashed."""
        if (found := hash_of(self.split)) != self.hash:
            raise SnapshotMismatch(self.hash, found)


def hash_of(split: Split) -> str:
    """sha256 over every text with its label and side; their order on a side does not count."""
    digest = hashlib.sha256()
    for side in (split.train, split.validation, split.hold_out):
        rows = sorted(json.dumps([example.text, example.is_spam]) for example in side)
        digest.update("\n".join([*rows, "", ""]).encode())
    return digest.hexdigest()


def snapshot(seed: Sequence[Example], corrections: Sequence[Example]) -> Snapshot:
    """Seed set and corrections as one split.

    Corrections are learned from, all of them, save those whose text is held out: the hold-out set stays what it
    was for every version before. A correction of a seed text in training takes that text's place.
    Raises TooFewExamples where a side lacks a class.
    """
    split = split_by_text(without_repeats(seed))
    kept_apart = {gist(example.text) for example in (*split.validation, *split.hold_out)}
    learned = [example for example in corrections if gist(example.text) not in kept_apart]
    train = without_repeats([*split.train, *learned])
    collected = require_both_classes(Split(train, split.validation, split.hold_out))
    return Snapshot(collected, len(learned), hash_of(collected))
