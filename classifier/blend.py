"""How the parts' log-odds become one score: a weighted sum (stacking, Wolpert, 1992), then shifted and divided.

Every part counts in how rare spam is; the shift takes back what is counted too often. A text of three words says little
and is hardly ever spam, so the sum of a short text is lowered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

SHORT = 24.0  # characters: a text this long is lowered by 1 / e of what an empty one is

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
    """The parts' shares, the calibration's shift and temperature, and how far short texts are lowered. Stored by these names."""

    wide_share: float = 0.0  # of the n-grams
    temperature: float = 1.0
    shift: float = 0.0
    network_share: float = 1.0  # of the GPT with its probe
    encoder_share: float = 0.0
    short_shift: float = 0.0  # log-odds by which a text of no length is lowered
    network_most: float | None = None  # the GPT's largest log-odds that fitting has seen; None: it is always asked
    network_usual: float = 0.0  # the GPT's mean log-odds of ham, which stand for those of a text it is not asked about

    def __post_init__(self) -> None:
        """Raises ValueError for a temperature that would turn scores round."""
        if not self.temperature > 0:
            raise ValueError(f"a temperature of {self.temperature} gives no score")

    def sum(self, parts: Parts) -> Numbers:
        """The weighted sum before calibration, (B,)."""
        total = self.network_share * parts.network + self.wide_share * parts.ngrams + self.encoder_share * parts.encoder
        return total - self.discount(parts.lengths)

    def discount(self, lengths: Numbers) -> Numbers:
        """The log-odds by which texts of so many characters are lowered, (B,); next to nothing where they are long."""
        return self.short_shift * np.exp(-lengths / SHORT)

    def log_odds(self, parts: Parts) -> Numbers:
        """Calibrated log-odds of spam, (B,)."""
        return (self.sum(parts) + self.shift) / self.temperature

    def asks_network(self, others: Parts, below: float) -> NDArray[np.bool_]:
        """Whether the GPT, whose own log-odds are not read, could lift each text to the log-odds `below`, (B,).

        A cascade (Viola & Jones, 2001): the cheaper parts alone decide on what they leave no doubt about.
        """
        if self.network_most is None:
            return np.ones(len(others), dtype=bool)
        return self.log_odds(replace(others, network=np.full(len(others), self.network_most))) >= below


def lengths_of(texts: Sequence[str]) -> Numbers:
    """Characters of each text, (B,)."""
    return np.asarray([len(text.strip()) for text in texts], dtype=float)
