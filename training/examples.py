"""The snapshot a run learns from: the seed set, the accepted corrections and presumed ham, split without leaks, hashed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from storage.queries.corrections import CorrectedText
from storage.queries.presumed import PresumedText
from storage.queries.snapshots import Item, PresumedItem, text_hash
from training import defences, near_duplicates, presumed_ham
from training.datasets import Example, Split, gist, require_both_classes, split_by_text, without_repeats
from training.defences import Chosen, Defences
from training.errors import SnapshotMismatch
from training.presumed_ham import Parted, PresumedExample

ERA_DAYS = 28
HELD_OUT_OF = 5
VALIDATED, MEASURED = 0.15, 0.1  # shares of the seed set to choose by and to measure with,
MEASURED_AT_MOST = 1_000  # and texts of it, as reading them costs every run
HELD_APART, HELD_OUT = "near a text that is measured with", "held out"


@dataclass(frozen=True)
class Snapshot:
    """What a run saw. `hash` is that of its examples when they were collected; `items` are its corrections."""

    split: Split
    corrections: int  # learned from
    hash: str
    seed_hash: str = ""
    items: tuple[Item, ...] = ()
    trusted: frozenset[int] = frozenset()  # corrections that the defences took, on whatever side they stand
    counts: dict[str, Any] = field(default_factory=dict)
    presumed_held_out: tuple[PresumedExample, ...] = ()  # no version has learned them
    presumed_items: tuple[PresumedItem, ...] = ()

    @property
    def presumed(self) -> int:
        """How many texts that are presumed ham are learned from."""
        return sum(not item.is_held_out for item in self.presumed_items)

    def require_unchanged(self) -> None:
        """Raises SnapshotMismatch where the examples are no longer those that were hashed."""
        if (found := hash_of(self.split, self.presumed_held_out)) != self.hash:
            raise SnapshotMismatch(self.hash, found)


def hash_of(split: Split, presumed_held_out: Sequence[PresumedExample] = ()) -> str:
    """sha256 over every text with its label, origin, weight and side; their order on a side does not count.

    Presumed ham that is measured with is a side of its own, and none where there is none of it.
    """
    sides = [
        [[example.text, example.is_spam, example.origin, example.weight] for example in side]
        for side in (split.train, split.validation, split.hold_out)
    ]
    if presumed_held_out:
        sides.append([[example.text, False, presumed_ham.ORIGIN, example.chat_id] for example in presumed_held_out])
    digest = hashlib.sha256()
    for side in sides:
        digest.update("\n".join([*sorted(json.dumps(row) for row in side), "", ""]).encode())
    return digest.hexdigest()


def hash_of_seed(seed: Sequence[Example]) -> str:
    """What is stored of a snapshot's seed set."""
    return hash_of(Split([*seed], [], []))


def hash_of_measured_seed(split: Split) -> str:
    """What tells whether two versions are measured with the same texts of the seed set."""
    return hash_of(Split([], [], [example for example in split.hold_out if example.origin != "correction"]))


def snapshot(
    seed: Sequence[Example],
    corrections: Sequence[CorrectedText],
    at: datetime,
    bounds: Defences | None,
    champion_learned: Collection[str] = (),
    presumed: Sequence[PresumedText] = (),
) -> Snapshot:
    """Seed set, corrections and presumed ham as one split, as it is at that moment; the seed set's own order does not count.

    The seed set's own hold-out and validation texts stay what they were for every version before, and no correction
    near one of them is learned from. Those that `is_held_out` names are measured with, and leave even that where one
    like them is learned from: near-duplicates stand on one side. What the champion has learned, by the hash of its text,
    is never measured with, though it be decided anew. A correction of a seed text in training
    takes that text's place. Raises TooFewExamples where a side lacks a class.
    """
    split = seed_split(seed)
    found = defences.chosen(corrections, len(split.train), at, bounds)
    side = _sides(found, split, at, champion_learned)
    learned = [
        Example(c.text, c.is_spam, "correction", weight)
        for c, weight in zip(found.corrections, found.weights, strict=True)
        if side[c.correction_id] == "train"
    ]
    measured = [
        Example(c.text, c.is_spam, "correction") for c in found.corrections if side[c.correction_id] == HELD_OUT
    ]
    collected = joined(split, learned, measured)
    ham = presumed_ham.parted(presumed, collected, corrections, found, at, bounds, champion_learned)
    left_out = found.reasons | {HELD_APART: sum(s == HELD_APART for s in side.values())}
    counts = {"seed": len(seed), "learned": len(learned), "held_out": len(measured), "left_out": left_out}
    made = Snapshot(collected, len(learned), "", hash_of_seed(seed), _items(found, side), frozenset(side), counts)
    return with_presumed(made, ham, counts | _counts_of(presumed, ham))


def with_presumed(seen: Snapshot, ham: Parted, counts: dict[str, Any]) -> Snapshot:
    """The snapshot with presumed ham on either side, hashed."""
    split = replace(seen.split, train=[*seen.split.train, *ham.learned])
    held_out, items = tuple(ham.held_out), tuple(ham.items)
    digest = hash_of(split, held_out)
    return replace(seen, split=split, hash=digest, counts=counts, presumed_held_out=held_out, presumed_items=items)


def _counts_of(presumed: Sequence[PresumedText], ham: Parted) -> dict[str, Any]:
    """`found` is what could be learned; where nothing is presumed, nothing is said of it."""
    if not presumed:
        return {}
    found = sum(not one.is_held_out for one in presumed)
    taken = {"learned": len(ham.learned), "held_out": len(ham.held_out)}
    return {"presumed": {"found": found, **taken, "left_out": dict(ham.left_out)}}


def seed_split(seed: Sequence[Example]) -> Split:
    """The seed set on its three sides, whatever its order: one in ten for the gate, or as many as it needs."""
    distinct = sorted(without_repeats(seed), key=lambda example: gist(example.text))
    measured = min(MEASURED, MEASURED_AT_MOST / max(1, len(distinct)))
    return split_by_text(distinct, (1 - VALIDATED - measured, 1 - measured))


def joined(split: Split, learned: Sequence[Example], measured: Sequence[Example]) -> Split:
    """The seed set's split with corrections, the newest first, on either side. Raises TooFewExamples."""
    train = without_repeats([*split.train, *reversed(learned)])  # the newest label of a text counts
    hold_out = without_repeats([*measured, *split.hold_out])
    return require_both_classes(Split(train, split.validation, hold_out))


def is_held_out(correction: CorrectedText, at: datetime) -> bool:
    """Whether this one is measured with: one in HELD_OUT_OF of those made in the era of that moment or the one before.

    An era is so many whole days. Two of them, because the first days of one have hardly anything to measure with; then
    all are learned from. No version of these eras has seen them.
    """
    if at.toordinal() // ERA_DAYS - correction.made_at.toordinal() // ERA_DAYS > 1:
        return False
    return hashlib.sha256(f"held out {correction.correction_id}".encode()).digest()[0] % HELD_OUT_OF == 0


def _sides(found: Chosen, split: Split, at: datetime, champion_learned: Collection[str]) -> dict[int, str]:
    """Where each chosen correction stands, with all that are near-duplicates of it.

    What is near a seed text that is learned from is learned too, held out or not: it may correct that text.
    """
    if not found.corrections:
        return {}
    texts = [gist(correction.text) for correction in found.corrections]
    group = near_duplicates.groups(texts).tolist()
    measured_with, learned_with = (
        near_duplicates.near(texts, [gist(example.text) for example in side])
        for side in ([*split.validation, *split.hold_out], split.train)
    )
    held_out = [is_held_out(c, at) and text_hash(c.text) not in champion_learned for c in found.corrections]
    apart = {number for number, is_near in zip(group, measured_with, strict=True) if is_near}
    learns = [near_seed or not held for near_seed, held in zip(learned_with, held_out, strict=True)]
    learned = {number for number, is_learned in zip(group, learns, strict=True) if is_learned} - apart
    side = {}
    for correction, number, is_learned in zip(found.corrections, group, learns, strict=True):
        if number in apart or (number in learned and not is_learned):
            side[correction.correction_id] = HELD_APART
        else:
            side[correction.correction_id] = "train" if is_learned else HELD_OUT
    return side


def _items(found: Chosen, side: dict[int, str]) -> tuple[Item, ...]:
    """The corrections that are learned from or measured with, for storage."""
    return tuple(
        Item(c.correction_id, side[c.correction_id] == HELD_OUT, text_hash(c.text), c.is_spam, weight)
        for c, weight in zip(found.corrections, found.weights, strict=True)
        if side[c.correction_id] != HELD_APART
    )
