"""Which corrections a run may learn from, and how much each counts, so that a few people cannot bend the model.

Poisoned corrections are how a learning filter is attacked (Barreno et al., 2010). Each rule bounds what one person, one
campaign or one contradiction can do; the gate (lifecycle/gate.py) decides on the model that the rest leads to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from storage.moderation.corrections import CorrectedText
from training.data import near_duplicates
from training.data.datasets import gist
from training.data.defence_bounds import Defences

SURE_MAJORITY = 2  # times as many people must give a text one label as give it the other
LEAST_WEIGHT = 0.1  # the oldest correction still counts for this much

CONFLICTING, REPEATED, LEARNED, CROWDED = "conflicting labels", "near-duplicates", "known already", "one person's share"


@dataclass
class Chosen:
    """The corrections to learn from, newest first, with their weights; and the reasons why others are left out."""

    corrections: list[CorrectedText] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    left_out: dict[int, str] = field(default_factory=dict)

    @property
    def reasons(self) -> dict[str, int]:
        """How many are left out for each reason."""
        return dict(Counter(self.left_out.values()))


def chosen(corrections: Sequence[CorrectedText], seed_examples: int, at: datetime, bounds: Defences | None) -> Chosen:
    """Apply the bounds to the accepted corrections; without bounds, all are taken at full weight."""
    newest_first = sorted(corrections, key=lambda c: (c.made_at, c.correction_id), reverse=True)
    if bounds is None:
        return Chosen(newest_first, [1.0] * len(newest_first))
    group: list[int] = near_duplicates.groups([gist(c.text) for c in newest_first]).tolist() if newest_first else []
    labels, each = _labels(newest_first, group), len(newest_first)
    while True:  # leaving corrections out makes the whole smaller, and so the share of it
        taken = _taken(newest_first, group, labels, each, at, bounds)
        share = max(1, int(bounds.corrector_share * (seed_examples + len(taken.corrections))))
        if max(Counter(c.actor for c in taken.corrections).values(), default=0) <= share:
            return taken
        each = share


def _taken(
    newest_first: Sequence[CorrectedText],
    group: Sequence[int],
    labels: dict[int, bool | None],
    each: int,
    at: datetime,
    bounds: Defences,
) -> Chosen:
    """What the bounds leave, where one person may contribute `each` corrections."""
    chosen, in_group, sure_groups, by_person = Chosen(), Counter[int](), set[int](), Counter[str]()
    for correction, number in zip(newest_first, group, strict=True):
        if labels[number] is not correction.is_spam:
            chosen.left_out[correction.correction_id] = CONFLICTING
        elif _is_sure(correction, bounds) and number in sure_groups:
            chosen.left_out[correction.correction_id] = LEARNED
        elif in_group[number] >= bounds.per_group:
            chosen.left_out[correction.correction_id] = REPEATED
        elif by_person[correction.actor] >= each:
            chosen.left_out[correction.correction_id] = CROWDED
        else:
            in_group[number] += 1
            by_person[correction.actor] += 1
            sure_groups |= {number} if _is_sure(correction, bounds) else set()
            chosen.corrections.append(correction)
            chosen.weights.append(aged(correction.made_at, at, bounds))
    return chosen


def _labels(corrections: Sequence[CorrectedText], group: Sequence[int]) -> dict[int, bool | None]:
    """The label that each group of near-duplicates is learned with; None where people contradict each other."""
    people: dict[tuple[int, bool], set[str]] = {}
    for correction, number in zip(corrections, group, strict=True):
        people.setdefault((number, correction.is_spam), set()).add(correction.actor)
    labels: dict[int, bool | None] = {}
    for number in set(group):
        spam, ham = len(people.get((number, True), ())), len(people.get((number, False), ()))
        if min(spam, ham) * SURE_MAJORITY > max(spam, ham):
            labels[number] = None
        else:
            labels[number] = spam > ham
    return labels


def _is_sure(correction: CorrectedText, bounds: Defences) -> bool:
    """Whether the version that scored the message was right with certainty."""
    sureness = correction.score if correction.is_spam else 1 - correction.score
    return sureness >= bounds.known_score


def aged(made_at: datetime, at: datetime, bounds: Defences) -> float:
    """The weight that age leaves of a correction, from LEAST_WEIGHT to 1."""
    days = max(0, (at - made_at).days)  # whole days, so that a run repeated today is the same run
    return max(LEAST_WEIGHT, float(0.5 ** (days / bounds.half_life_days)))
