"""What the gate looks at: two versions' scores of the same texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit

MARGIN = 50.0  # log-odds beyond which no score lies


@dataclass(frozen=True)
class Scores:
    """One version's scores of N texts, and its thresholds for them."""

    scores: Sequence[float]
    review: float
    act: float

    @property
    def flagged(self) -> NDArray[np.bool_]:
        """Which texts the version flags, (N,)."""
        return np.asarray(self.scores, dtype=float) >= self.review

    @property
    def acted(self) -> NDArray[np.bool_]:
        """Which texts the version would act on, (N,)."""
        return np.asarray(self.scores, dtype=float) >= self.act

    def likely_flagged(self, noise: float) -> NDArray[np.float64]:
        """The probability that a version of another run flags each text, (N,); `noise` is the scale of its logistic noise."""
        return self._likely_over(self.review, noise)

    def likely_flagged_as_much(self, total: float, noise: float) -> NDArray[np.float64]:
        """The same at the threshold where `total` texts are expected to be flagged, (N,)."""
        log_odds = _log_odds(np.asarray(self.scores, dtype=float))

        def excess(threshold: float) -> float:
            return float(expit((log_odds - threshold) / noise).sum() - total)

        threshold = brentq(excess, -MARGIN, MARGIN) if excess(-MARGIN) > 0 > excess(MARGIN) else 0.0
        return expit((log_odds - threshold) / noise)  # type: ignore[no-any-return]  # scipy is untyped

    def likely_acted(self, noise: float) -> NDArray[np.float64]:
        """The probability that a version of another run acts on each text, (N,)."""
        return self._likely_over(self.act, noise)

    def _likely_over(self, threshold: float, noise: float) -> NDArray[np.float64]:
        distance = _log_odds(np.asarray(self.scores, dtype=float)) - _log_odds(np.float64(threshold))
        return expit(distance / noise)  # type: ignore[no-any-return]  # scipy is untyped


@dataclass(frozen=True)
class Evidence:
    """Both versions' scores of the hold-out set, and of ham that was flagged once and must not be flagged again."""

    labels: Sequence[bool]
    champion: Scores
    challenger: Scores
    undone_champion: Scores
    undone_challenger: Scores


def _log_odds(scores: Any) -> Any:
    inside = np.clip(scores, 1e-9, 1 - 1e-9)
    return np.log(inside / (1 - inside))
