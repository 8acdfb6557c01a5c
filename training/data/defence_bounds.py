"""How much one person, one campaign or one account may teach a run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Defences:
    """The bounds. Moderators who mean well should notice none of them."""

    corrector_share: float = 0.2  # of all examples, seed set included, that one person's corrections may be
    per_group: int = 3  # near-duplicates that are learned from, newest first
    known_score: float = 0.95  # of a group that the model gets right with this certainty, one is learned
    half_life_days: float = 180.0  # after which a correction counts half
    presumed: int = 1_500  # texts presumed ham that are learned, at most
    presumed_an_author: int = 20  # of those by one account
    presumed_weight: float = 0.5  # of a new one, where a seed example weighs 1
