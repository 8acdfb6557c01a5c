"""Plots of losses and accuracies over epochs; the axis on top counts the examples seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure


@dataclass(frozen=True)
class Curve:
    """Figures along a run, of training and validation, with the epochs and examples seen at each point."""

    epochs: Sequence[float]
    examples_seen: Sequence[int]
    training: Sequence[float]
    validation: Sequence[float]


def draw(curve: Curve, what: str, path: Path) -> None:
    """One SVG file with both lines and both axes."""
    figure = Figure(figsize=(6, 3.6), layout="constrained")
    below = figure.add_subplot()
    below.plot(curve.epochs, curve.training, label=f"training {what}")
    below.plot(curve.epochs, curve.validation, linestyle="-.", label=f"validation {what}")
    below.set_xlabel("epochs")
    below.set_ylabel(what)
    below.legend()
    above = below.twiny()
    above.plot(curve.examples_seen, curve.training, alpha=0)  # unseen: gives the upper axis its range
    above.set_xlabel("examples seen")
    figure.savefig(path, format="svg")
