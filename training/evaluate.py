"""What scores are worth."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn import metrics

from classifier.checkpoint import Thresholds
from training.calibration import expected_calibration_error
from training.thresholds import Scored


def measure(measured: Scored, thresholds: Thresholds) -> dict[str, Any]:
    """The usual figures at the review threshold, those that need none, and what acting would have hit."""
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
        "confusion": {"true_ham": tn, "false_spam": fp, "false_ham": fn, "true_spam": tp},
        "at_act": {"caught": int((acted & labels).sum()), "false_positives": int((acted & ~labels).sum())},
    }
