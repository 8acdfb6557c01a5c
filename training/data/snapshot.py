"""The snapshot a run learns from: the seed set, the accepted corrections and presumed ham, split without leaks, hashed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from storage.learning.presumed import PresumedText
from storage.learning.snapshots import Item, PresumedItem, text_hash
from storage.moderation.corrections import CorrectedText
from training.data import defences, near_duplicates, presumed_ham
from training.data.datasets import Example, Split, gist, require_both_classes, split_by_text, without_repeats
from training.data.defence_bounds import Defences
from training.data.defences import Chosen
from training.data.presumed_ham import Parted, PresumedExample
from training.errors import SnapshotMismatch

ERA_DAYS = 28
HELD_OUT_OF = 5
VALIDATED, MEASURED = 0.15, 0.1  # shares of the seed set to choose by and to measure with
MEASURED_AT_MOST = 1_000  # texts of the seed set: reading them costs every run time
HELD_APART, HELD_OUT = "near a text that is measured with", "held out"


@dataclass(frozen=True)
class Snapshot:
    """The examples of a run. `hash` is theirs when they were collected; `items` are the corrections among them."""

    split: Split
    corrections: int  # that are learned from
    hash: str
    seed_hash: str = ""
    items: tuple[Item, ...] = ()
    trusted: frozenset[int] = frozenset()  # corrections that the defences took, on any side
    counts: dict[str, Any] = field(default_factory=dict)
    presumed_held_out: tuple[PresumedExample, ...] = ()  # that no version has learned
    presumed_items: tuple[PresumedItem, ...] = ()

    @property
    def presumed(self) -> int:
        """The number of texts presumed ham that are learned from."""
        return sum(not item.is_held_out for item in self.presumed_items)

    def require_unchanged(self) -> None:
        """Raises SnapshotMismatch where the examples are no longer those that were hashed."""
        if (actual := hash_of(self.split, self.presumed_held_out)) != self.hash:
            raise SnapshotMismatch(self.hash, actual)


def hash_of(split: Split, presumed_held_out: Sequence[PresumedExample] = ()) -> str:
    """sha256 over every text with its label, origin, weight and side; their order on a side does not matter.

    Held-out presumed ham is a side of its own, which is absent where there is none.
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
    """The hash that is stored of a snapshot's seed set."""
    return hash_of(Split([*seed], [], []))


def hash_of_measured_seed(split: Split) -> str:
    """Equal for two versions that are measured with the same texts of the seed set."""
    return hash_of(Split([], [], [example for example in split.hold_out if example.origin != "correction"]))


def snapshot(
    seed: Sequence[Example],
    corrections: Sequence[CorrectedText],
    at: datetime,
    bounds: Defences | None,
    champion_learned: Collection[str] = (),
    presumed: Sequence[PresumedText] = (),
) -> Snapshot:
    """Seed set, corrections and presumed ham at that moment as one split; the order of the seed set does not matter.

    The seed set's hold-out and validation texts are the same for every version, and no correction near one of them is
    learned from. Corrections that `is_held_out` names are measured with, unless one near them is learned from:
    near-duplicates stay on one side. What the champion has learned, by the hash of its text, is never measured with, even
    where moderators decide on it again. A correction of a seed text in training takes that text's place.
    Raises TooFewExamples where a side lacks a class.
    """
    split = seed_split(seed)
    chosen = defences.chosen(corrections, len(split.train), at, bounds)
    side = _sides(chosen, split, at, champion_learned)
    learned = [
        Example(c.text, c.is_spam, "correction", weight)
        for c, weight in zip(chosen.corrections, chosen.weights, strict=True)
        if side[c.correction_id] == "train"
    ]
    measured = [
        Example(c.text, c.is_spam, "correction") for c in chosen.corrections if side[c.correction_id] == HELD_OUT
    ]
    collected = joined(split, learned, measured)
    ham = presumed_ham.parted(presumed, collected, corrections, chosen, at, bounds, champion_learned)
    left_out = chosen.reasons | {HELD_APART: sum(s == HELD_APART for s in side.values())}
    counts = {"seed": len(seed), "learned": len(learned), "held_out": len(measured), "left_out": left_out}
    made = Snapshot(collected, len(learned), "", hash_of_seed(seed), _items(chosen, side), frozenset(side), counts)
    return with_presumed(made, ham, counts | _counts_of(presumed, ham))


def with_presumed(bare: Snapshot, ham: Parted, counts: dict[str, Any]) -> Snapshot:
    """The snapshot with presumed ham added to either side, hashed."""
    split = replace(bare.split, train=[*bare.split.train, *ham.learned])
    held_out, items = tuple(ham.held_out), tuple(ham.items)
    digest = hash_of(split, held_out)
    return replace(bare, split=split, hash=digest, counts=counts, presumed_held_out=held_out, presumed_items=items)


def _counts_of(presumed: Sequence[PresumedText], ham: Parted) -> dict[str, Any]:
    """`found` counts what could be learned; empty where nothing is presumed ham."""
    if not presumed:
        return {}
    learnable = sum(not text.is_held_out for text in presumed)
    taken = {"learned": len(ham.learned), "held_out": len(ham.held_out)}
    return {"presumed": {"found": learnable, **taken, "left_out": dict(ham.left_out)}}


def seed_split(seed: Sequence[Example]) -> Split:
    """The seed set on its three sides, in whatever order it comes: one in ten for the gate, MEASURED_AT_MOST at most."""
    distinct = sorted(without_repeats(seed), key=lambda example: gist(example.text))
    measured = min(MEASURED, MEASURED_AT_MOST / max(1, len(distinct)))
    return split_by_text(distinct, (1 - VALIDATED - measured, 1 - measured))


def joined(split: Split, learned: Sequence[Example], measured: Sequence[Example]) -> Split:
    """The seed set's split with corrections, newest first, added to either side. Raises TooFewExamples."""
    train = without_repeats([*split.train, *reversed(learned)])  # the newest label of a text counts
    hold_out = without_repeats([*measured, *split.hold_out])
    return require_both_classes(Split(train, split.validation, hold_out))


def is_held_out(correction: CorrectedText, at: datetime) -> bool:
    """Whether the correction is measured with: one in HELD_OUT_OF of those made in the current era or the one before.

    An era is ERA_DAYS whole days. It takes two, because in the first days of one there is hardly anything to measure
    with; older corrections are all learned from. No version of these eras has seen those held out.
    """
    if at.toordinal() // ERA_DAYS - correction.made_at.toordinal() // ERA_DAYS > 1:
        return False
    return hashlib.sha256(f"held out {correction.correction_id}".encode()).digest()[0] % HELD_OUT_OF == 0


def _sides(chosen: Chosen, split: Split, at: datetime, champion_learned: Collection[str]) -> dict[int, str]:
    """The side of each chosen correction, the same for all its near-duplicates.

    A correction near a seed text in training is learned too, held out or not: it may correct that text.
    """
    if not chosen.corrections:
        return {}
    texts = [gist(correction.text) for correction in chosen.corrections]
    group = near_duplicates.groups(texts).tolist()
    measured_with, learned_with = (
        near_duplicates.near(texts, [gist(example.text) for example in side])
        for side in ([*split.validation, *split.hold_out], split.train)
    )
    held_out = [is_held_out(c, at) and text_hash(c.text) not in champion_learned for c in chosen.corrections]
    apart = {number for number, is_near in zip(group, measured_with, strict=True) if is_near}
    learns = [near_seed or not held for near_seed, held in zip(learned_with, held_out, strict=True)]
    learned = {number for number, is_learned in zip(group, learns, strict=True) if is_learned} - apart
    side = {}
    for correction, number, is_learned in zip(chosen.corrections, group, learns, strict=True):
        if number in apart or (number in learned and not is_learned):
            side[correction.correction_id] = HELD_APART
        else:
            side[correction.correction_id] = "train" if is_learned else HELD_OUT
    return side


def _items(chosen: Chosen, side: dict[int, str]) -> tuple[Item, ...]:
    """The corrections that are learned from or measured with, for storage."""
    return tuple(
        Item(c.correction_id, side[c.correction_id] == HELD_OUT, text_hash(c.text), c.is_spam, weight)
        for c, weight in zip(chosen.corrections, chosen.weights, strict=True)
        if side[c.correction_id] != HELD_APART
    )
