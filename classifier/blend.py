"""How the parts' log-odds become one score: a weighted sum (stacking, Wolpert, 1992), then shifted and divided.

The shift takes back what every part counts for itself: how rare spam is. Short texts say little, so a version may hold
what it says of them closer to the shift.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SHORT = 24.0  # characters after which a text's shortness counts 1 / e

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Parts:
    """Each part's log-odds of B texts, (B,), and the texts' lengths in characters. A part that a version lacks is 0."""

    network: Numbers  # GPT and probe
    ngrams: Numbers
    encoder: Numbers
    lengths: Numbers

    def __len__(self) -> int:
        return len(self.network)


@dataclass(frozen=True)
class Blend:
    """The parts' shares, the calibration's shift and temperature, and how much less is believed of a short text."""

    wide_share: float = 0.0
    temperature: float = 1.0
    shift: float = 0.0
    network_share: float = 1.0
    encoder_share: float = 0.0
    short_damping: float = 0.0  # the sum of a text of no length is divided by 1 + this

    def sum(self, parts: Parts) -> Numbers:
        """The weighted sum before calibration, (B,)."""
        return self.network_share * parts.network + self.wide_share * parts.ngrams + self.encoder_share * parts.encoder

    def log_odds(self, parts: Parts) -> Numbers:
        """Calibrated log-odds of spam, (B,)."""
        return (self.sum(parts) / self.damping(parts.lengths) + self.shift) / self.temperature

    def damping(self, lengths: Numbers) -> Numbers:
        """What the sum of a text of so many characters is divided by: 1 for a long one."""
        return 1 + self.short_damping * np.exp(-lengths / SHORT)


def lengths_of(texts: Sequence[str]) -> Numbers:
    """Characters of each text, (B,)."""
    return np.asarray([len(text.strip()) for text in texts], dtype=float)
