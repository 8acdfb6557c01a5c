"""The figures of a model version, on the terminal."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from storage.models import ModelVersion
from training.data.origins import NAMES

COLUMNS = {
    "balanced_accuracy": "balanced",
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "mcc": "MCC",
    "average_precision": "AP",
    "roc_auc": "ROC AUC",
}


def compared(version: ModelVersion) -> Table:
    """A line for the version, one for each origin of its held-out examples, one for each baseline."""
    table = Table(box=None, padding=(0, 0, 0, 1))  # so that all of it fits eighty columns
    table.add_column("", no_wrap=True)
    for heading in COLUMNS.values():
        table.add_column(heading, justify="right", no_wrap=True)
    rows = {version.name: version.metrics["hold_out"], **_by_origin(version), **version.metrics["baselines"]}
    for name, figures in rows.items():
        table.add_row(name.replace("_", " "), *(f"{figures[figure]:.4f}" for figure in COLUMNS))
    return table


def _by_origin(version: ModelVersion) -> dict[str, Any]:
    """The figures on each origin's examples; a version trained before origins were told apart has none."""
    figures = version.metrics.get("hold_outs", {})
    return {f"  {name} {figures[key]['examples']:,}": figures[key] for key, name in NAMES.items() if key in figures}


def thresholds(version: ModelVersion) -> str:
    """Where flagging and acting begin, and what the thresholds are based on."""
    figures, act = version.metrics["hold_out"], version.metrics["act"]["normal"]
    wrong = figures["confusion"]
    return (
        f"  {wrong['false_spam']} ham flagged, {wrong['false_ham']} spam missed, expected calibration error "
        f"{figures['expected_calibration_error']:.4f}{_by_length(figures)}\n"
        f"  thresholds: review from {version.review_threshold:.3f}, act from {version.act_threshold:.3f} "
        f"({act['hit']} of {act['ham']:,} validation ham hit; at most {act['upper_bound_95']:.2%} in truth, at 95 %)"
    )


def _by_length(figures: dict[str, Any]) -> str:
    errors = figures.get("calibration_error_by_length", {})
    by_length = ", ".join(f"{error:.4f} {name.replace('_', ' ')}" for name, error in errors.items())
    return f"\n  ({by_length})" if by_length else ""
