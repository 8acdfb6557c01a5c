"""What scores are worth: metrics, and the thresholds chosen on validation data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn import metrics

from classifier.checkpoint import Thresholds

AS_GOOD_F1 = 0.01  # about one error among a validation set's spam
FALSE_POSITIVE_CEILING = 0.001  # share of ham that acting without a moderator may hit


@dataclass(frozen=True)
class Scored:
    """Scores beside the truth."""

    scores: Sequence[float]
    labels: Sequence[bool]


def choose_thresholds(validation: Scored) -> Thresholds:
    """`review` where F1 is best; `act` where at most FALSE_POSITIVE_CEILING of the ham scores as high.

    Of the review thresholds within AS_GOOD_F1 of the best, the one nearest 0.5: a validation set of some hundred
    texts cannot tell them apart, and far from 0.5 a text unlike any seen is flagged or missed by accident.
    Each lies midway between the scores it separates, so that it does not hang on one example's last digit.
    """
    scores, labels = np.asarray(validation.scores), np.asarray(validation.labels)
    precision, recall, cuts = metrics.precision_recall_curve(labels, scores)
    f1 = (2 * precision * recall / np.maximum(precision + recall, 1e-12))[:-1]
    below = np.concatenate(([0.0], cuts[:-1]))  # every threshold in (below, cut] flags the same texts
    middle = (cuts + below) / 2
    as_good = f1 >= f1.max() - AS_GOOD_F1
    review = float(middle[as_good][np.abs(middle[as_good] - 0.5).argmin()])
    ham = np.sort(scores[~labels])[::-1]
    highest_let_through = float(ham[int(len(ham) * FALSE_POSITIVE_CEILING)])
    return Thresholds(review, max(review, (highest_let_through + 1.0) / 2))


def measure(scored: Scored, thresholds: Thresholds) -> dict[str, Any]:
    """The usual figures at the review threshold, those that need none, and what acting would have hit."""
    scores, labels = np.asarray(scored.scores), np.asarray(scored.labels)
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
        "confusion": {"true_ham": tn, "false_spam": fp, "false_ham": fn, "true_spam": tp},
        "at_act": {"caught": int((acted & labels).sum()), "false_positives": int((acted & ~labels).sum())},
    }
