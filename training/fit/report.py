"""The report beside a model version, for people: plots as SVG and a model card in Markdown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from sklearn import metrics

from classifier.checkpoint import Checkpoint
from training.fit import plots
from training.fit.calibration import N_BINS
from training.fit.epochs import History
from training.fit.model_card import model_card
from training.fit.plots import Curve
from training.fit.thresholds import Scored

SIZE = (6.4, 4.0)  # inches


def write(folder: Path, version: Checkpoint, history: History, measured_on: Scored) -> None:
    """Write loss.svg, accuracy.svg, confusion.svg, curves.svg, calibration.svg and model-card.md into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for what in ("loss", "accuracy"):
        plots.draw(_over_time(history, what), what, folder / f"{what}.svg")
    _save(_confusion(version.metrics["hold_out"]["confusion"]), folder / "confusion.svg")
    _save(_curves(measured_on, version.thresholds.review), folder / "curves.svg")
    _save(_calibration(measured_on), folder / "calibration.svg")
    (folder / "model-card.md").write_text(model_card(version), encoding="utf-8")


def _over_time(history: History, what: str) -> Curve:
    """Training and validation `loss` or `accuracy` of each look."""
    looks = history.looks
    training, validation = ([getattr(look, f"{side}_{what}") for look in looks] for side in ("training", "validation"))
    return Curve([look.epoch for look in looks], [look.examples_seen for look in looks], training, validation)


def _confusion(confusion: dict[str, int]) -> Figure:
    figure, axes = _figure("Confusion on the hold-out set")
    table = [
        [confusion["true_ham"], confusion["false_spam"]],
        [confusion["false_ham"], confusion["true_spam"]],
    ]
    axes.imshow(np.sqrt(table), cmap="Blues")
    for row in (0, 1):
        for column in (0, 1):
            is_dark = np.sqrt(table[row][column]) > np.sqrt(np.max(table)) / 2
            axes.text(column, row, f"{table[row][column]:,}", ha="center", color="white" if is_dark else "black")
    axes.set(xticks=[0, 1], xticklabels=["judged ham", "judged spam"], yticks=[0, 1], yticklabels=["ham", "spam"])
    return figure


def _curves(measured: Scored, review: float) -> Figure:
    figure = Figure(figsize=(SIZE[0] * 1.6, SIZE[1]), layout="constrained")
    left, right = figure.subplots(1, 2)
    precision, recall, cuts = metrics.precision_recall_curve(measured.labels, measured.scores)
    left.plot(recall, precision)
    at = min(int(np.searchsorted(cuts, review)), len(recall) - 1)
    left.plot(recall[at], precision[at], "o", label=f"review from {review:.3f}")
    left.set(xlabel="recall", ylabel="precision", title="Precision and recall")
    left.legend()
    false, true, _ = metrics.roc_curve(measured.labels, measured.scores)
    right.plot(false, true)
    right.set(xscale="symlog", xlabel="share of ham hit", ylabel="share of spam caught", title="ROC")
    right.set_xscale("symlog", linthresh=0.001)
    return figure


def _calibration(measured: Scored) -> Figure:
    figure, axes = _figure("Share of spam among messages of a score")
    scores, labels = np.asarray(measured.scores), np.asarray(measured.labels)
    bins = np.minimum((scores * N_BINS).astype(int), N_BINS - 1)
    filled = np.unique(bins)
    shares, means = [labels[bins == b].mean() for b in filled], [scores[bins == b].mean() for b in filled]
    axes.plot([0, 1], [0, 1], ":", color="grey")
    axes.plot(means, shares, "o-")
    for b, x, y in zip(filled, means, shares, strict=True):
        axes.annotate(f"{(bins == b).sum():,}", (x, y), textcoords="offset points", xytext=(4, -10), fontsize=7)
    axes.set(xlabel="mean score", ylabel="share that is spam")
    return figure


def _figure(title: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.subplots()
    axes.set_title(title)
    return figure, axes


def _save(figure: Figure, path: Path, **options: Any) -> None:
    FigureCanvasSVG(figure).print_svg(path, metadata={"Date": None}, **options)  # type: ignore[no-untyped-call]  # matplotlib is untyped
