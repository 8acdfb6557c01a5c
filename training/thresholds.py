"""Where scores begin to mean something, chosen on validation data, and how much that choice rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit
from scipy.stats import beta
from sklearn import metrics

from classifier.checkpoint import Thresholds
from storage.models import Strictness

AS_GOOD_F1 = 0.02  # one or two errors among the fifty spam of a validation set
WORTH_ASKING = 1 / 3  # where a missed spam costs twice what a needless question does (Elkan, 2001)
CEILINGS = {Strictness.CAUTIOUS: 0.0001, Strictness.NORMAL: 0.001, Strictness.STRICT: 0.01}
CONFIDENCE = 0.95
SPAM_SHARE = 0.08  # of newcomers' messages


@dataclass(frozen=True)
class Scored:
    """Scores beside the truth, and the texts' lengths in characters where they are known."""

    scores: Sequence[float]
    labels: Sequence[bool]
    lengths: Sequence[int] = ()

    def of(self, places: Sequence[int]) -> Scored:
        """Those at these places alone."""
        lengths = [self.lengths[i] for i in places] if self.lengths else []
        return Scored([self.scores[i] for i in places], [self.labels[i] for i in places], lengths)


def choose(validation: Scored) -> Thresholds:
    """`review` where F1 is best; `act` where at most the strictness's ceiling of the ham scores as high.

    F1 is that of a chat in which a newcomer's messages are spam as often as SPAM_SHARE says: seed sets have more of it.
    A validation set of some hundred texts cannot tell thresholds apart whose F1 differs by AS_GOOD_F1: of those,
    `review` is the one nearest WORTH_ASKING in log-odds, the scale on which scores are even.
    Each lies midway between the scores it separates, so that it does not hang on one example's last digit.
    """
    scores, labels = np.asarray(validation.scores), np.asarray(validation.labels)
    precision, recall, cuts = metrics.precision_recall_curve(labels, scores, sample_weight=_weights(labels))
    f1 = (2 * precision * recall / np.maximum(precision + recall, 1e-12))[:-1]
    below = np.concatenate(([0.0], cuts[:-1]))  # every threshold in (below, cut] flags the same texts
    middle = (cuts + below) / 2
    as_good = middle[f1 >= f1.max() - AS_GOOD_F1]
    review = float(as_good[np.abs(logit(np.clip(as_good, 1e-6, 1 - 1e-6)) - logit(WORTH_ASKING)).argmin()])
    ham = np.sort(scores[~labels])[::-1]
    acts = {str(strictness): max(review, _act(ham, ceiling)) for strictness, ceiling in CEILINGS.items()}
    return Thresholds(review, acts[Strictness.NORMAL], acts)


def _weights(labels: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The ham counts for more where there is too little of it."""
    spam, ham = labels.sum(), (~labels).sum()
    wanted = spam * (1 - SPAM_SHARE) / SPAM_SHARE
    return np.where(labels, 1.0, max(1.0, wanted / max(ham, 1)))


def _act(ham: NDArray[np.float64], ceiling: float) -> float:
    """Midway between the highest ham that may not be hit and the next score above it (1 if there is none)."""
    allowed = int(len(ham) * ceiling)
    above = float(ham[allowed - 1]) if allowed else 1.0
    return (float(ham[allowed]) + above) / 2


def evidence(validation: Scored, thresholds: Thresholds) -> dict[str, Any]:
    """For each strictness: its ceiling, the ham hit among how many, and what the true share may be at most.

    The bound is Clopper & Pearson's (1934), one-sided, at 95 %.
    """
    ham = np.asarray(validation.scores)[~np.asarray(validation.labels)]
    found = {}
    for strictness, ceiling in CEILINGS.items():
        hit = int((ham >= thresholds.act_at(strictness)).sum())
        found[str(strictness)] = {
            "ceiling": ceiling, "ham": len(ham), "hit": hit, "upper_bound_95": upper_bound(hit, len(ham)),
            "threshold": thresholds.act_at(strictness),
        }  # fmt: skip
    return found


def upper_bound(hit: int, n: int) -> float:
    """The share that `hit` of `n` leaves possible, at 95 % confidence."""
    return 1.0 if hit >= n else float(beta.ppf(CONFIDENCE, hit + 1, n - hit))
