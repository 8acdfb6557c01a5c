"""How far an author's standing moves the thresholds for their messages. Pure.

A score rates the text alone. By Bayes' rule, the odds that a message is spam are the odds given by the text times the
odds that its author writes spam; in log-odds they are added. Adding the difference between an author's prior log-odds
and a newcomer's to the score is the same as subtracting it from both thresholds, so the score stays and the thresholds
move. A model version's own thresholds are meant for newcomers by default, and for authors of unknown standing.

The share of spam in a standing is the mean of a Beta distribution: a default that is worth a number of messages, and
what was counted here since (Beta-binomial; Gelman et al., Bayesian Data Analysis, 3rd ed., ch. 2.4). For the defaults
and their reasons see docs/decisions/0009-standing-moves-thresholds.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from storage.models.words import Standing

Shifts = Mapping[Standing, float]  # in log-odds, added to a threshold's; 0 for a missing standing
NEUTRAL: Shifts = {}
NEWCOMER_AT_MOST = 1.5  # either way, so that neither a raid nor a month without decisions moves them further
AT_MOST = 6.0  # 0.4 becomes 0.996: the hijacked account of an old member is still caught
STRANGE_SCRIPT = 1.0  # for spam, where a newcomer writes in a script that is strange to the chat: docs/experiments.md
MOST_DIGITS = 6  # of a threshold as people read it


@dataclass(frozen=True)
class Counted:
    """Champions' verdicts on messages of one standing, and how many of these messages were decided spam."""

    total: int = 0
    spam: int = 0


@dataclass(frozen=True)
class Prior:
    """A share of spam, worth as much as that many counted messages: Beta(share · worth, (1 - share) · worth)."""

    share: float
    worth: float  # messages

    def posterior(self, counted: Counted) -> float:
        """The expected share after what was counted."""
        return (self.share * self.worth + counted.spam) / (self.worth + counted.total)


PRIORS = {
    Standing.NEWCOMER: Prior(0.06, 500),
    Standing.SOME: Prior(0.0075, 1_000),
    Standing.BEFORE: Prior(0.004, 1_000),
    Standing.GOOD: Prior(0.0006, 5_000),  # a hundredth of a newcomer's odds
}
MEANT_FOR = PRIORS[Standing.NEWCOMER].share  # a version's own thresholds are meant for this share


def lowered_at_most(shifts: Shifts) -> float:
    """Log-odds by which thresholds are lowered at most where they move by these shifts, rounded up to a half.

    Rounded, so that what was scored stays known while the shifts change a little.
    """
    return math.ceil(2 * (STRANGE_SCRIPT - min([0.0, *shifts.values()]))) / 2


def shifts(counted: Mapping[Standing, Counted]) -> Shifts:
    """How far thresholds move for each standing, in log-odds, given what was counted here.

    Nobody's thresholds lie below a newcomer's.
    """
    raw = {standing: _shift(prior.posterior(counted.get(standing, Counted()))) for standing, prior in PRIORS.items()}
    newcomers = min(max(raw[Standing.NEWCOMER], -NEWCOMER_AT_MOST), NEWCOMER_AT_MOST)
    bounded = {standing: min(max(shift, newcomers), AT_MOST) for standing, shift in raw.items()}
    return bounded | {Standing.NEWCOMER: newcomers}


def _shift(share: float) -> float:
    return logit(MEANT_FOR) - logit(share)


def logit(share: float) -> float:
    """Log-odds of a share strictly between 0 and 1."""
    return math.log(share / (1 - share))


def shifted(threshold: float, shift: float) -> float:
    """The threshold, 0 to 1, moved by `shift` in log-odds; 0 (everything) and 1 (nothing) stay."""
    if shift == 0 or not 0 < threshold < 1:
        return threshold
    odds = threshold * math.exp(shift)
    return odds / (1 - threshold + odds)


def moved(meant: float, stored: float) -> float:
    """The shift between a version's own threshold and the one stored with a verdict."""
    return logit(stored) - logit(meant) if 0 < meant < 1 and 0 < stored < 1 else 0.0


def written(threshold: float, digits: int = 2) -> str:
    """The threshold for people: with that many digits, and more where it would round up to 1."""
    enough = next((n for n in range(digits, MOST_DIGITS + 1) if round(threshold, n) < 1), digits)
    return f"{threshold:.{enough}f}"
