"""Presumed ham in a snapshot: which of the chats' own messages are learned as ham, and which are measured with.

Nobody looked at them one by one, so each counts for less than a correction, and whatever is near spam that somebody
named is left out: an account in good standing may post spam that nobody reports.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from storage.queries.corrections import CorrectedText
from storage.queries.presumed import PresumedText
from storage.queries.snapshots import PresumedItem, text_hash
from training import near_duplicates
from training.datasets import Example, Split, gist
from training.defences import CROWDED, REPEATED, Chosen, Defences, aged

ORIGIN = "presumed"
KNOWN, LIKE_SPAM = "said in other examples", "near spam that is known"
APART, LEARNED_BEFORE = "near a text on the other side", "learned by the champion"
ENOUGH = "over the number that is taken"


@dataclass(frozen=True)
class PresumedExample:
    """Presumed ham that no version has learned: what thresholds and the gate are measured with."""

    text: str
    chat_id: int


@dataclass
class Parted:
    """What is learned, what is measured with, and what is left out for which reason."""

    learned: list[Example] = field(default_factory=list)
    held_out: list[PresumedExample] = field(default_factory=list)
    items: list[PresumedItem] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Neighbours:
    """Of each text, (N,): the number of its group of near-duplicates, and what of the rest of the snapshot is near it."""

    group: Sequence[int]
    spam: Sequence[bool]
    measured: Sequence[bool]
    learned: Sequence[bool]


def parted(
    presumed: Sequence[PresumedText],
    split: Split,
    corrections: Sequence[CorrectedText],
    chosen: Chosen,
    at: datetime,
    bounds: Defences | None,
    champion_learned: Collection[str],
) -> Parted:
    """Presumed ham beside a split that holds the seed set and the chosen ones of all accepted corrections.

    The sides are those of the messages' lots. Near-duplicates stand on one side, and with those that are learned where
    they could stand on both. Without bounds, all is learned that is near nothing measured with.
    """
    if not presumed:
        return Parted()
    near, found = _neighbours(presumed, split, corrections if bounds else [], bounds is not None), Parted()
    taken = _learned(presumed, split, near, _Shares(chosen, len(split.train), bounds), found.left_out)
    groups = Counter(near.group[i] for i in taken)  # of which none are measured with: one of each group at most is
    measured = _measured(presumed, near, groups, champion_learned, found.left_out)
    for i in sorted([*taken, *measured], key=lambda i: presumed[i].message_id):
        one, weight = presumed[i], _weight(presumed[i], at, bounds)
        found.items.append(PresumedItem(one.message_id, one.edit, one.is_held_out, text_hash(one.text), weight))
        if one.is_held_out:
            found.held_out.append(PresumedExample(one.text, one.chat_id))
        else:
            found.learned.append(Example(one.text, False, ORIGIN, weight))
    return found


class _Shares:
    """What one account may say, and all together."""

    def __init__(self, chosen: Chosen, examples: int, bounds: Defences | None) -> None:
        self._bounds = bounds
        self._share = max(1, int(bounds.corrector_share * examples)) if bounds else 0
        self._corrected = Counter(correction.actor for correction in chosen.corrections)
        self._said, self._in_group, self._n = Counter[int](), Counter[int](), 0

    def objection(self, author_id: int, group: int) -> str | None:
        """Why one more of this author's, of this group of near-duplicates, is too much."""
        if (bounds := self._bounds) is None:
            return None
        said = self._said[author_id]
        if self._n >= bounds.presumed:
            return ENOUGH
        if said >= bounds.presumed_an_author or said + self._corrected[f"telegram:{author_id}"] >= self._share:
            return CROWDED
        return REPEATED if self._in_group[group] >= bounds.per_group else None

    def take(self, author_id: int, group: int) -> None:
        self._said[author_id] += 1
        self._in_group[group] += 1
        self._n += 1


def _learned(
    presumed: Sequence[PresumedText], split: Split, near: Neighbours, shares: _Shares, left_out: Counter[str]
) -> list[int]:
    """Which are learned from."""
    said, taken = {gist(example.text) for example in split.train}, []
    for i, one in enumerate(presumed):
        if one.is_held_out:
            continue
        if near.spam[i]:
            reason: str | None = LIKE_SPAM
        elif near.measured[i]:
            reason = APART
        else:
            reason = KNOWN if gist(one.text) in said else shares.objection(one.author_id, near.group[i])
        if reason is not None:
            left_out[reason] += 1
            continue
        said.add(gist(one.text))
        shares.take(one.author_id, near.group[i])
        taken.append(i)
    return taken


def _measured(
    presumed: Sequence[PresumedText],
    near: Neighbours,
    in_group: Counter[int],
    champion_learned: Collection[str],
    left_out: Counter[str],
) -> list[int]:
    """Which are measured with; `in_group` counts what is taken already of each group of near-duplicates."""
    taken = []
    for i, one in enumerate(presumed):
        if not one.is_held_out:
            continue
        if near.spam[i]:
            reason: str | None = LIKE_SPAM
        elif text_hash(one.text) in champion_learned:
            reason = LEARNED_BEFORE
        else:
            reason = APART if near.learned[i] or in_group[near.group[i]] else None
        if reason is not None:
            left_out[reason] += 1
            continue
        in_group[near.group[i]] += 1
        taken.append(i)
    return taken


def _neighbours(
    presumed: Sequence[PresumedText], split: Split, corrections: Sequence[CorrectedText], looks_for_spam: bool
) -> Neighbours:
    texts, measured = [gist(one.text) for one in presumed], [*split.validation, *split.hold_out]
    spam = [example.text for example in (*split.train, *measured) if example.is_spam]
    spam += [correction.text for correction in corrections if correction.is_spam]
    spam, learned, held = (
        near_duplicates.near(texts, [gist(text) for text in others]).tolist()
        for others in (spam if looks_for_spam else [], [e.text for e in split.train], [e.text for e in measured])
    )
    return Neighbours(near_duplicates.groups(texts).tolist(), spam, held, learned)


def _weight(one: PresumedText, at: datetime, bounds: Defences | None) -> float:
    """Beside a seed example; without bounds, what the defences would give it new."""
    return Defences().presumed_weight if bounds is None else bounds.presumed_weight * aged(one.sent_at, at, bounds)
