"""Presumed ham in a snapshot: which of the chats' own messages are learned as ham, and which are measured with.

Nobody looked at them one by one, so each counts less than a correction, and messages near known spam are left out: an
account in good standing may post spam that nobody reports.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from storage.learning.presumed import PresumedText
from storage.learning.snapshots import PresumedItem, text_hash
from storage.moderation.corrections import CorrectedText
from training.data import near_duplicates
from training.data.datasets import Example, Split, gist
from training.data.defence_bounds import Defences
from training.data.defences import CROWDED, REPEATED, Chosen, aged

ORIGIN = "presumed"
SAME_AS_EXAMPLE, LIKE_SPAM = "said in other examples", "near spam that is known"
APART, LEARNED_BEFORE = "near a text on the other side", "learned by the champion"
ENOUGH = "over the number that is taken"


@dataclass(frozen=True)
class PresumedExample:
    """Presumed ham that no version has learned: what thresholds and the gate are measured with."""

    text: str
    chat_id: int


@dataclass
class Parted:
    """What is learned, what is measured with, and how many are left out for which reason."""

    learned: list[Example] = field(default_factory=list)
    held_out: list[PresumedExample] = field(default_factory=list)
    items: list[PresumedItem] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Neighbours:
    """For each text, (N,): its group of near-duplicates, and whether spam, measured or learned texts are near it."""

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
    """Presumed ham for a split that holds the seed set and the chosen ones of all accepted corrections.

    Each message was assigned its side when it was sampled. Near-duplicates stay on one side, the learned one where they
    could be on either. Without bounds, everything is learned that is not near a text measured with.
    """
    if not presumed:
        return Parted()
    near, ham = _neighbours(presumed, split, corrections if bounds else [], bounds is not None), Parted()
    taken = _learned(presumed, split, near, _Shares(chosen, len(split.train), bounds), ham.left_out)
    groups = Counter(
        near.group[i] for i in taken
    )  # of these none is measured with, and of each other group one at most
    measured = _measured(presumed, near, groups, champion_learned, ham.left_out)
    for i in sorted([*taken, *measured], key=lambda i: presumed[i].message_id):
        one, weight = presumed[i], _weight(presumed[i], at, bounds)
        ham.items.append(PresumedItem(one.message_id, one.edit, one.is_held_out, text_hash(one.text), weight))
        if one.is_held_out:
            ham.held_out.append(PresumedExample(one.text, one.chat_id))
        else:
            ham.learned.append(Example(one.text, False, ORIGIN, weight))
    return ham


class _Shares:
    """How much one account may contribute, and all accounts together."""

    def __init__(self, chosen: Chosen, examples: int, bounds: Defences | None) -> None:
        self._bounds = bounds
        self._share = max(1, int(bounds.corrector_share * examples)) if bounds else 0
        self._corrected = Counter(correction.actor for correction in chosen.corrections)
        self._by_author, self._in_group, self._total = Counter[int](), Counter[int](), 0

    def objection(self, author_id: int, group: int) -> str | None:
        """Why one more message by this author, in this group of near-duplicates, is too much; else None."""
        if (bounds := self._bounds) is None:
            return None
        n = self._by_author[author_id]
        if self._total >= bounds.presumed:
            return ENOUGH
        if n >= bounds.presumed_an_author or n + self._corrected[f"telegram:{author_id}"] >= self._share:
            return CROWDED
        return REPEATED if self._in_group[group] >= bounds.per_group else None

    def take(self, author_id: int, group: int) -> None:
        """Count one that is learned from."""
        self._by_author[author_id] += 1
        self._in_group[group] += 1
        self._total += 1


def _learned(
    presumed: Sequence[PresumedText], split: Split, near: Neighbours, shares: _Shares, left_out: Counter[str]
) -> list[int]:
    """Indices of the messages to learn from."""
    gists, taken = {gist(example.text) for example in split.train}, []
    for i, one in enumerate(presumed):
        if one.is_held_out:
            continue
        if near.spam[i]:
            reason: str | None = LIKE_SPAM
        elif near.measured[i]:
            reason = APART
        else:
            reason = SAME_AS_EXAMPLE if gist(one.text) in gists else shares.objection(one.author_id, near.group[i])
        if reason is not None:
            left_out[reason] += 1
            continue
        gists.add(gist(one.text))
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
    """Indices of the messages to measure with; `in_group` counts those already taken of each group of near-duplicates."""
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
    """How much it counts beside a seed example; without bounds, what the defences would give a new one."""
    return Defences().presumed_weight if bounds is None else bounds.presumed_weight * aged(one.sent_at, at, bounds)
