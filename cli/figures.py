"""What a version is worth, on the terminal."""

from __future__ import annotations

from rich.table import Table

from storage.models import ModelVersion

COLUMNS = {
    "balanced_accuracy": "balanced", "precision": "precision", "recall": "recall", "f1": "F1", "mcc": "MCC",
    "average_precision": "AP", "roc_auc": "ROC AUC",
}  # fmt: skip


def compared(version: ModelVersion) -> Table:
    """One line for the version, one for each baseline that has to be beaten."""
    table = Table(box=None, padding=(0, 0, 0, 1))  # so that all of it fits eighty columns
    table.add_column("", no_wrap=True)
    for heading in COLUMNS.values():
        table.add_column(heading, justify="right", no_wrap=True)
    for judge, figures in {version.name: version.metrics["hold_out"], **version.metrics["baselines"]}.items():
        table.add_row(judge.replace("_", " "), *(f"{figures[name]:.4f}" for name in COLUMNS))
    return table


def thresholds(version: ModelVersion) -> str:
    """Where flagging and acting begin, and what they rest on."""
    found, act = version.metrics["hold_out"], version.metrics["act"]["normal"]
    wrong = found["confusion"]
    return (
        f"  {wrong['false_spam']} ham flagged, {wrong['false_ham']} spam missed, expected calibration error "
        f"{found['expected_calibration_error']:.4f}\n"
        f"  thresholds: review from {version.review_threshold:.3f}, act from {version.act_threshold:.3f} "
        f"({act['hit']} of {act['ham']:,} validation ham hit; at most {act['upper_bound_95']:.2%} in truth, at 95 %)"
    )
