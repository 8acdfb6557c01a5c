"""Whether a score of 0.8 means spam four times in five: one temperature, chosen on validation data, and what is left."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import expit

COOLEST, WARMEST = 0.25, 4.0  # a validation set that is told apart without an error would ask for 0
N_BINS = 10


def temperature(log_odds: Sequence[float], labels: Sequence[bool]) -> float:
    """What to divide the log-odds by so that their log loss on these examples is least (Guo et al., 2017)."""
    z, signs = np.asarray(log_odds, dtype=float), np.where(np.asarray(labels), 1.0, -1.0)

    def log_loss(log_temperature: float) -> float:
        return float(np.logaddexp(0.0, -signs * z / np.exp(log_temperature)).mean())

    found = minimize_scalar(log_loss, bounds=(np.log(COOLEST), np.log(WARMEST)), method="bounded")
    return float(np.exp(found.x))


def scores(log_odds: Sequence[float]) -> list[float]:
    """Probabilities of spam."""
    return [float(p) for p in expit(np.asarray(log_odds, dtype=float))]


def expected_calibration_error(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """Mean distance between score and share of spam over ten bins of equal width, weighted by their size."""
    scored, truth = np.asarray(scores), np.asarray(labels, dtype=float)
    bins = np.minimum((scored * N_BINS).astype(int), N_BINS - 1)
    gaps = [abs(scored[bins == b].mean() - truth[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)]
    return float(sum(gaps))
