"""How the parts' log-odds become one score: a weighted sum (stacking, Wolpert, 1992), then shifted and divided.

The shift takes back what every part counts for itself: how rare spam is. A text of three words says little and must not
be sure of itself: a short text's sum is taken down, as what people say in three words is hardly ever spam.
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
    short_shift: float = 0.0  # log-odds that a text of no length is taken down by

    def sum(self, parts: Parts) -> Numbers:
        """The weighted sum before calibration, (B,)."""
        said = self.network_share * parts.network + self.wide_share * parts.ngrams + self.encoder_share * parts.encoder
        return said - self.taken_down(parts.lengths)

    def taken_down(self, lengths: Numbers) -> Numbers:
        """By how much texts of so many characters are taken down: not at all where they are long, (B,)."""
        return self.short_shift * np.exp(-lengths / SHORT)

    def log_odds(self, parts: Parts) -> Numbers:
        """Calibrated log-odds of spam, (B,)."""
        return (self.sum(parts) + self.shift) / self.temperature


def lengths_of(texts: Sequence[str]) -> Numbers:
    """Characters of each text, (B,)."""
    return np.asarray([len(text.strip()) for text in texts], dtype=float)
