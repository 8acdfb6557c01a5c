"""What each part's log-odds count for: stacking (Wolpert, 1992), a logistic regression on what parts say of texts they have not seen.

With few texts the shares stay near the recipe's, which were chosen on many chats: the penalty is as good as PRIOR_TEXTS
texts. None is negative: a part that is worse than nothing is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Numbers = NDArray[np.float64]

PRIOR_TEXTS = 30.0
LEAST_SHARE = 0.02  # of the GPT: the probe's share is kept relative to it


@dataclass(frozen=True)
class Shares:
    """What the GPT's, the probe's, the n-grams' and the encoder's log-odds count for."""

    gpt: float
    probe: float
    ngrams: float
    encoder: float

    def as_array(self) -> Numbers:
        return np.asarray([self.gpt, self.probe, self.ngrams, self.encoder])


def fit(said: Sequence[Numbers], labels: Sequence[bool], weights: Sequence[float], prior: Shares) -> Shares:
    """The shares, beside a shift, whose weighted log loss is least. `said`: each part's log-odds of the same B texts.

    A part whose prior is 0 is not there. Where a class is missing, the prior is all there is.
    """
    truth, weight, start = np.asarray(labels, dtype=bool), np.asarray(weights, dtype=float), prior.as_array()
    if not truth.any() or truth.all():
        return prior
    columns, own = np.stack(said, axis=1), np.abs(start) + (start == 0)

    def loss(parameters: Numbers) -> tuple[float, Numbers]:
        shares, shift = parameters[:-1], parameters[-1]
        z = columns @ shares + shift
        off = (shares - start) / own
        value = (weight * (np.logaddexp(0.0, z) - truth * z)).sum() + PRIOR_TEXTS / 2 * (off**2).sum()
        slope = weight * (1 / (1 + np.exp(-np.clip(z, -60, 60))) - truth)
        return float(value), np.append(columns.T @ slope + PRIOR_TEXTS * off / own, slope.sum())

    bounds = [(min(0.0, s), None) if s else (0.0, 0.0) for s in start]
    bounds[0] = (min(LEAST_SHARE, start[0]), None)
    found = minimize(loss, np.append(start, 0.0), jac=True, bounds=[*bounds, (None, None)], method="L-BFGS-B")
    return Shares(*(float(share) for share in found.x[:-1]))
