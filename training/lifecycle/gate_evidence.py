"""What the gate looks at, and what it answers: two versions' scores of the same texts, the bounds, the decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit

from training.fit.thresholds import RUN_TO_RUN

MARGIN = 50.0  # log-odds beyond which no score lies


@dataclass(frozen=True)
class Bounds:
    """What a challenger may cost, at most."""

    f1_loss: float = 0.005  # that the lower bound leaves possible, at its own threshold or where both flag as much
    f1_loss_at_threshold: float = 0.02  # the same at its own threshold alone, which is one of many as good
    more_false_positives: int = 1  # at the acting threshold
    calibration_error: float = 0.05
    flag_ratio: float = 2.0  # of the champion's share of live traffic
    flags_always_allowed: float = 0.01  # of live traffic: twice nothing is nothing
    few_flags: int = 3  # that are never too many: in a small chat one is more than a hundredth
    confidence: float = 0.95
    run_to_run: float = RUN_TO_RUN
    broken_from: float = 0.25  # increase in the probability of a flag that is more than such noise
    resamples: int = 2_000
    seed: int = 0


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


@dataclass(frozen=True)
class Gate:
    """Whether a challenger may go on, every reason why not, and the figures behind it."""

    passes: bool
    reasons: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The decision as it is stored."""
        return asdict(self)

    def and_also(self, other: Gate) -> Gate:
        """The decision of two parts of the gate: it passes what both let pass."""
        figures = {**self.figures, **other.figures}
        return Gate(self.passes and other.passes, [*self.reasons, *other.reasons], figures)


def _log_odds(scores: Any) -> Any:
    inside = np.clip(scores, 1e-9, 1 - 1e-9)
    return np.log(inside / (1 - inside))
