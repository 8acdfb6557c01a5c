"""Whether a score of 0.8 means spam four times in five: a temperature and a shift, chosen on validation data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

COOLEST, WARMEST = (
    0.25,
    32.0,
)  # where a validation set is separated without an error, the best temperature would be next to 0
FURTHEST = 16.0  # log-odds that the shift may be, before the temperature divides it
N_BINS = 10

Numbers = NDArray[np.float64]


def temperature_and_shift(log_odds: Sequence[float] | Numbers, labels: Sequence[bool]) -> tuple[float, float]:
    """(T, b) that minimise the log loss of (log-odds + b) / T on these examples (Platt, 1999; Guo et al., 2017).

    The targets are Platt's, a little short of 0 and 1, so that a best fit exists for examples separated without an error.
    """
    z, truth = np.asarray(log_odds, dtype=float), np.asarray(labels, dtype=bool)
    target = np.where(truth, (truth.sum() + 1) / (truth.sum() + 2), 1 / ((~truth).sum() + 2))

    def log_loss(parameters: Numbers) -> float:
        log_temperature, shift = parameters
        cooled = (z + shift) / np.exp(log_temperature)
        return float((np.logaddexp(0.0, cooled) - target * cooled).mean())

    bounds = [(np.log(COOLEST), np.log(WARMEST)), (-FURTHEST, FURTHEST)]
    fitted = minimize(log_loss, x0=np.zeros(2), bounds=bounds, method="L-BFGS-B")
    return float(np.exp(fitted.x[0])), float(fitted.x[1])


def scores(log_odds: Sequence[float]) -> list[float]:
    """Probabilities of spam."""
    return [float(p) for p in expit(np.asarray(log_odds, dtype=float))]


def expected_calibration_error(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """Mean distance between score and share of spam over ten bins of equal width, weighted by their size."""
    scored, truth = np.asarray(scores), np.asarray(labels, dtype=float)
    bins = np.minimum((scored * N_BINS).astype(int), N_BINS - 1)
    gaps = [abs(scored[bins == b].mean() - truth[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)]
    return float(sum(gaps))
