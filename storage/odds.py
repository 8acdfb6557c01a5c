"""How far an author's standing moves the thresholds that their messages are held against. Pure.

A score says what the text says. By Bayes' rule the odds that the message is spam are the odds the text gives times the
odds that its author writes spam at all; in log-odds they are added. Adding to every score of somebody the difference
between their prior log-odds and a newcomer's is the same as taking it off both thresholds, so the score stays as it is
and the thresholds move: those of a model version are meant for the default newcomer and for whom nothing is known of.

The share of spam in a standing is a Beta distribution's mean: a default that is worth so many messages, and what was
counted here since (Beta-binomial; Gelman et al., Bayesian Data Analysis, 3rd ed., ch. 2.4). The defaults and their
reasons: docs/decisions/0009-standing-moves-thresholds.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from storage.models.words import Standing

Shifts = Mapping[Standing, float]  # in log-odds, to be added to a threshold's; 0 for a standing that is not there
NEUTRAL: Shifts = {}
NEWCOMER_AT_MOST = 1.5  # either way: neither a raid nor a month without decisions takes more
AT_MOST = 6.0  # a threshold of 0.4 becomes 0.996: a hijacked member of long standing is still caught
MOST_DIGITS = 6  # of a threshold that people read


@dataclass(frozen=True)
class Counted:
    """Champions' verdicts on messages of one standing, and how many of those messages moderators called spam."""

    total: int = 0
    spam: int = 0


@dataclass(frozen=True)
class Prior:
    """A share of spam that counts as if so many messages had shown it: Beta(share · worth, (1 - share) · worth)."""

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
MEANT_FOR = PRIORS[Standing.NEWCOMER].share  # the share that a version's own thresholds are meant for


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
    """The threshold, 0 to 1, moved by so much in log-odds; 0 (everything) and 1 (nothing) stay what they are."""
    if shift == 0 or not 0 < threshold < 1:
        return threshold
    odds = threshold * math.exp(shift)
    return odds / (1 - threshold + odds)


def moved(meant: float, stored: float) -> float:
    """The shift between a version's own threshold and the one that a verdict was held against."""
    return logit(stored) - logit(meant) if 0 < meant < 1 and 0 < stored < 1 else 0.0


def written(threshold: float, digits: int = 2) -> str:
    """As people read it: so many digits, and more where they would round up to 1."""
    enough = next((n for n in range(digits, MOST_DIGITS + 1) if round(threshold, n) < 1), digits)
    return f"{threshold:.{enough}f}"
