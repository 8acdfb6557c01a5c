"""The figures of a version's scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn import metrics

from classifier.thresholds import Thresholds
from training.data.datasets import Example
from training.fit.calibration import expected_calibration_error
from training.fit.thresholds import Scored

SHORT = 50  # characters


def measure(measured: Scored, thresholds: Thresholds) -> dict[str, Any]:
    """The usual figures at the review threshold, those without a threshold, and counts at the acting threshold."""
    scores, labels = np.asarray(measured.scores), np.asarray(measured.labels)
    flagged, acted = scores >= thresholds.review, scores >= thresholds.act
    tn, fp, fn, tp = (int(n) for n in metrics.confusion_matrix(labels, flagged, labels=[False, True]).ravel())
    return {
        "examples": len(labels),
        "spam": int(labels.sum()),
        "accuracy": float(metrics.accuracy_score(labels, flagged)),
        "balanced_accuracy": float(metrics.balanced_accuracy_score(labels, flagged)),
        "precision": float(metrics.precision_score(labels, flagged, zero_division=0)),
        "recall": float(metrics.recall_score(labels, flagged, zero_division=0)),
        "f1": float(metrics.f1_score(labels, flagged, zero_division=0)),
        "mcc": float(metrics.matthews_corrcoef(labels, flagged)),
        "average_precision": float(metrics.average_precision_score(labels, scores)),
        "roc_auc": float(metrics.roc_auc_score(labels, scores)),
        "log_loss": float(metrics.log_loss(labels, scores, labels=[False, True])),
        "expected_calibration_error": expected_calibration_error(measured.scores, measured.labels),
        "calibration_error_by_length": _by_length(measured),
        "confusion": {"true_ham": tn, "false_spam": fp, "false_ham": fn, "true_spam": tp},
        "at_act": {"caught": int((acted & labels).sum()), "false_positives": int((acted & ~labels).sum())},
    }


def by_origin(measured: Scored, examples: Sequence[Example], thresholds: Thresholds) -> dict[str, dict[str, Any]]:
    """The same figures for each origin that has both classes; `measured` is in the order of the examples."""
    figures = {}
    for origin in sorted({example.origin for example in examples}):
        part = measured.of([i for i, example in enumerate(examples) if example.origin == origin])
        if any(part.labels) and not all(part.labels):
            figures[origin] = measure(part, thresholds)
    return figures


def _by_length(measured: Scored) -> dict[str, float]:
    """The calibration error of short texts and of longer ones separately, where there are any."""
    sides = {
        "under_50_characters": [i for i, length in enumerate(measured.lengths) if length < SHORT],
        "above": [i for i, length in enumerate(measured.lengths) if length >= SHORT],
    }
    parts = {name: measured.of(indices) for name, indices in sides.items() if indices}
    return {name: expected_calibration_error(part.scores, part.labels) for name, part in parts.items()}
