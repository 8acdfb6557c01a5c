"""How much each part counts: stacking (Wolpert, 1992), a logistic regression on the parts' log-odds of unseen texts.

With few texts the shares stay near the recipe's, which were chosen on many chats: the penalty weighs as much as
PRIOR_TEXTS texts. No share is negative: a part that is worse than nothing is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Numbers = NDArray[np.float64]

PRIOR_TEXTS = 30.0
LEAST_SHARE = 0.02  # of the GPT: the probe's share is stored relative to it


@dataclass(frozen=True)
class Shares:
    """How much the log-odds of GPT, probe, n-gram model and encoder count."""

    gpt: float
    probe: float
    ngrams: float
    encoder: float

    def as_array(self) -> Numbers:
        """The four shares, (4,)."""
        return np.asarray([self.gpt, self.probe, self.ngrams, self.encoder])


def fit(log_odds: Sequence[Numbers], labels: Sequence[bool], weights: Sequence[float], prior: Shares) -> Shares:
    """The shares that, with a shift, minimise the weighted log loss. `log_odds`: each part's of the same B texts, (B,).

    A part with a prior of 0 is absent. Where a class is missing, the shares are the prior.
    """
    truth, weight, start = np.asarray(labels, dtype=bool), np.asarray(weights, dtype=float), prior.as_array()
    if not truth.any() or truth.all():
        return prior
    columns, own = np.stack(log_odds, axis=1), np.abs(start) + (start == 0)

    def loss(parameters: Numbers) -> tuple[float, Numbers]:
        shares, shift = parameters[:-1], parameters[-1]
        z = columns @ shares + shift
        off = (shares - start) / own
        value = (weight * (np.logaddexp(0.0, z) - truth * z)).sum() + PRIOR_TEXTS / 2 * (off**2).sum()
        slope = weight * (1 / (1 + np.exp(-np.clip(z, -60, 60))) - truth)
        return float(value), np.append(columns.T @ slope + PRIOR_TEXTS * off / own, slope.sum())

    bounds = [(min(0.0, s), None) if s else (0.0, 0.0) for s in start]
    bounds[0] = (min(LEAST_SHARE, start[0]), None)
    fitted = minimize(loss, np.append(start, 0.0), jac=True, bounds=[*bounds, (None, None)], method="L-BFGS-B")
    return Shares(*(float(share) for share in fitted.x[:-1]))
