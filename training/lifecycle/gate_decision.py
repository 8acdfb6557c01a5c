"""What the gate answers, and the bounds within which it lets a challenger pass."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from training.fit.recipe import RUN_TO_RUN


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
