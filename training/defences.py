"""Which corrections a run may learn from, and how much each counts: what keeps a few people from bending the model.

Poisoned corrections are what a learning filter is attacked with (Barreno et al., 2010). Each rule bounds what one
person, one campaign or one contradiction can do; the gate (promotion.py) judges what comes of the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from storage.queries.corrections import CorrectedText
from training import near_duplicates
from training.datasets import gist

SURE_MAJORITY = 2  # times as many people must say one thing of a text as say the other
LEAST_WEIGHT = 0.1  # the oldest correction still counts for this much

CONFLICTING, REPEATED, KNOWN, CROWDED = "conflicting labels", "near-duplicates", "known already", "one person's share"


@dataclass(frozen=True)
class Defences:
    """The bounds. `None` of them is meant to be noticed by moderators who mean well."""

    corrector_share: float = 0.2  # of all that is learned from, seed set and all, that one person may have said
    per_group: int = 3  # near-duplicates that are learned from, the newest
    known_score: float = 0.95  # what is judged right this surely is learned once a group
    half_life_days: float = 180.0  # after which a correction counts half
    presumed: int = 1_500  # texts that are presumed ham and learned as such
    presumed_an_author: int = 20  # of those, that one account wrote
    presumed_weight: float = 0.5  # of one that is new, beside a seed example


@dataclass
class Chosen:
    """What is learned from, the newest first, with each one's weight; and what is left out, by reason."""

    corrections: list[CorrectedText] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    left_out: dict[int, str] = field(default_factory=dict)

    @property
    def reasons(self) -> dict[str, int]:
        return dict(Counter(self.left_out.values()))


def chosen(corrections: Sequence[CorrectedText], seed_examples: int, at: datetime, bounds: Defences | None) -> Chosen:
    """Apply the bounds to the accepted corrections; without bounds, all are taken at full weight."""
    newest_first = sorted(corrections, key=lambda c: (c.made_at, c.correction_id), reverse=True)
    if bounds is None:
        return Chosen(newest_first, [1.0] * len(newest_first))
    group: list[int] = near_duplicates.groups([gist(c.text) for c in newest_first]).tolist() if newest_first else []
    labels, each = _labels(newest_first, group), len(newest_first)
    while True:  # who is cut short makes the whole smaller, and so the share of it
        found = _taken(newest_first, group, labels, each, at, bounds)
        share = max(1, int(bounds.corrector_share * (seed_examples + len(found.corrections))))
        if max(Counter(c.actor for c in found.corrections).values(), default=0) <= share:
            return found
        each = share


def _taken(
    newest_first: Sequence[CorrectedText],
    group: Sequence[int],
    labels: dict[int, bool | None],
    each: int,
    at: datetime,
    bounds: Defences,
) -> Chosen:
    """What the bounds leave, where one person may say `each` corrections."""
    found, in_group, known, by_person = Chosen(), Counter[int](), set[int](), Counter[str]()
    for correction, number in zip(newest_first, group, strict=True):
        if labels[number] is not correction.is_spam:
            found.left_out[correction.correction_id] = CONFLICTING
        elif _is_known(correction, bounds) and number in known:
            found.left_out[correction.correction_id] = KNOWN
        elif in_group[number] >= bounds.per_group:
            found.left_out[correction.correction_id] = REPEATED
        elif by_person[correction.actor] >= each:
            found.left_out[correction.correction_id] = CROWDED
        else:
            in_group[number] += 1
            by_person[correction.actor] += 1
            known |= {number} if _is_known(correction, bounds) else set()
            found.corrections.append(correction)
            found.weights.append(aged(correction.made_at, at, bounds))
    return found


def _labels(corrections: Sequence[CorrectedText], group: Sequence[int]) -> dict[int, bool | None]:
    """The label each group of near-duplicates may be learned with; None where people contradict each other."""
    people: dict[tuple[int, bool], set[str]] = {}
    for correction, number in zip(corrections, group, strict=True):
        people.setdefault((number, correction.is_spam), set()).add(correction.actor)
    found: dict[int, bool | None] = {}
    for number in set(group):
        spam, ham = len(people.get((number, True), ())), len(people.get((number, False), ()))
        if min(spam, ham) * SURE_MAJORITY > max(spam, ham):
            found[number] = None
        else:
            found[number] = spam > ham
    return found


def _is_known(correction: CorrectedText, bounds: Defences) -> bool:
    """Whether the version that judged it had it right beyond doubt."""
    sureness = correction.score if correction.is_spam else 1 - correction.score
    return sureness >= bounds.known_score


def aged(made_at: datetime, at: datetime, bounds: Defences) -> float:
    """How much what was said then counts at that moment, beside what is said now."""
    days = max(0, (at - made_at).days)  # whole ones, so that a run repeated today is the same run
    return max(LEAST_WEIGHT, float(0.5 ** (days / bounds.half_life_days)))
