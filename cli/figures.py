"""What a version is worth, on the terminal."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from storage.models import ModelVersion
from training.origins import NAMES

COLUMNS = {
    "balanced_accuracy": "balanced", "precision": "precision", "recall": "recall", "f1": "F1", "mcc": "MCC",
    "average_precision": "AP", "roc_auc": "ROC AUC",
}  # fmt: skip


def compared(version: ModelVersion) -> Table:
    """One line for the version, one for each origin of what it was measured with, one for each baseline to be beaten."""
    table = Table(box=None, padding=(0, 0, 0, 1))  # so that all of it fits eighty columns
    table.add_column("", no_wrap=True)
    for heading in COLUMNS.values():
        table.add_column(heading, justify="right", no_wrap=True)
    rows = {version.name: version.metrics["hold_out"], **_by_origin(version), **version.metrics["baselines"]}
    for judge, figures in rows.items():
        table.add_row(judge.replace("_", " "), *(f"{figures[name]:.4f}" for name in COLUMNS))
    return table


def _by_origin(version: ModelVersion) -> dict[str, Any]:
    """What a version found of each origin; one trained before they were told apart has none."""
    found = version.metrics.get("hold_outs", {})
    return {f"  {name} {found[key]['examples']:,}": found[key] for key, name in NAMES.items() if key in found}


def thresholds(version: ModelVersion) -> str:
    """Where flagging and acting begin, and what they rest on."""
    found, act = version.metrics["hold_out"], version.metrics["act"]["normal"]
    wrong = found["confusion"]
    return (
        f"  {wrong['false_spam']} ham flagged, {wrong['false_ham']} spam missed, expected calibration error "
        f"{found['expected_calibration_error']:.4f}{_by_length(found)}\n"
        f"  thresholds: review from {version.review_threshold:.3f}, act from {version.act_threshold:.3f} "
        f"({act['hit']} of {act['ham']:,} validation ham hit; at most {act['upper_bound_95']:.2%} in truth, at 95 %)"
    )


def _by_length(found: dict[str, Any]) -> str:
    errors = found.get("calibration_error_by_length", {})
    told = ", ".join(f"{error:.4f} {name.replace('_', ' ')}" for name, error in errors.items())
    return f"\n  ({told})" if told else ""
