"""Where review and acting begin, chosen on validation data, and the evidence that the choice rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from scipy.stats import beta

from classifier.thresholds import Thresholds
from storage.models import Strictness
from storage.odds import MEANT_FOR
from training.fit.recipe import RUN_TO_RUN

AS_GOOD_F1 = 0.005
CANDIDATES = np.linspace(-4.6, 6.9, 576)  # log-odds of 0.01 to 0.999
WORTH_ASKING = 1 / 3  # where a missed spam costs twice what a needless question does (Elkan, 2001)
CEILINGS = {Strictness.CAUTIOUS: 0.0001, Strictness.NORMAL: 0.001, Strictness.STRICT: 0.01}
CONFIDENCE = 0.95
AS_GOOD_AS_SEED = 100  # overheard texts that say as much about the chats' ham as the seed set does
ENOUGH_OVERHEARD = 300
OWN_FROM = 60  # overheard texts of one chat: a fifth of three hundred messages presumed ham


@dataclass(frozen=True)
class Scored:
    """Scores with the true labels, and the texts' lengths in characters where they are known."""

    scores: Sequence[float]
    labels: Sequence[bool]
    lengths: Sequence[int] = ()

    def of(self, indices: Sequence[int]) -> Scored:
        """Only those at these indices."""
        scores, labels = [self.scores[i] for i in indices], [self.labels[i] for i in indices]
        return Scored(scores, labels, [self.lengths[i] for i in indices] if self.lengths else ())


def joined(parts: Sequence[Scored]) -> Scored:
    """The parts one after another."""
    return Scored(
        [score for part in parts for score in part.scores],
        [label for part in parts for label in part.labels],
        [length for part in parts for length in part.lengths],
    )


def choose(validation: Scored, overheard: Sequence[float] = ()) -> Thresholds:
    """`review` where F1 is best; `act` where at most the strictness's ceiling of the ham scores as high.

    `overheard` are scores of the chats' own ham: the more of them, the more they stand for all ham, and from
    ENOUGH_OVERHEARD on the ceilings of `act` rest on them alone.
    F1 is that of a chat where MEANT_FOR of a newcomer's messages are spam; seed sets have more spam than that. It is the
    F1 to be expected of another run, each score moved by noise (RUN_TO_RUN), because the threshold that was best this time
    lies just below the score of one ham, and the next run's lies elsewhere. Of thresholds within AS_GOOD_F1 of the best,
    `review` is the one nearest to WORTH_ASKING in log-odds, the scale on which scores are even.
    """
    scores = np.concatenate((validation.scores, overheard))
    labels = np.concatenate((validation.labels, np.zeros(len(overheard), dtype=bool))).astype(bool)
    f1 = likely_f1(scores, labels, _weights(labels, len(overheard)))
    as_good = CANDIDATES[f1 >= f1.max() - AS_GOOD_F1]
    review = float(expit(as_good[np.abs(as_good - logit(WORTH_ASKING)).argmin()]))
    ham = np.sort(overheard if len(overheard) >= ENOUGH_OVERHEARD else scores[~labels])[::-1]
    acts = {str(strictness): max(review, _act(ham, ceiling)) for strictness, ceiling in CEILINGS.items()}
    return Thresholds(review, acts[Strictness.NORMAL], acts)


def likely_f1(
    scores: NDArray[np.float64], labels: NDArray[np.bool_], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The F1 to be expected of another run at each of the CANDIDATES, (576,), from scores and labels of N texts, (N,)."""
    log_odds = logit(np.clip(scores, 1e-9, 1 - 1e-9))
    spam = weights * labels
    flagged = (expit((log_odds - candidate) / RUN_TO_RUN) for candidate in CANDIDATES)  # how probably, (N,) each
    return np.asarray([2 * (spam @ share) / max(weights @ share + spam.sum(), 1e-12) for share in flagged])


def of_chats(validation: Scored, overheard: Sequence[float], chat_ids: Sequence[int]) -> Thresholds:
    """The same for all chats together, and thresholds of its own for each chat where enough was overheard."""
    scores_of: dict[int, list[float]] = {}
    for chat_id, score in zip(chat_ids, overheard, strict=True):
        scores_of.setdefault(chat_id, []).append(score)
    by_chat = {
        str(chat_id): choose(validation, scores) for chat_id, scores in scores_of.items() if len(scores) >= OWN_FROM
    }
    return replace(choose(validation, overheard), by_chat=by_chat)


def _weights(labels: NDArray[np.bool_], overheard: int) -> NDArray[np.float64]:
    """1 for spam; for ham, the weight at which MEANT_FOR of the whole is spam, where there is too little ham. The last are overheard."""
    spam, ham = int(labels.sum()), int((~labels).sum())
    all_ham = max(float(ham), spam * (1 - MEANT_FOR) / MEANT_FOR)
    share = overheard / (overheard + AS_GOOD_AS_SEED) if ham > overheard else 1.0
    weights = np.where(labels, 1.0, all_ham * (1 - share) / max(ham - overheard, 1))
    weights[len(labels) - overheard :] = all_ham * share / max(overheard, 1)
    return weights


def _act(ham: NDArray[np.float64], ceiling: float) -> float:
    """Midway between the highest ham that may not be hit and the next score above it (1 if there is none)."""
    allowed = int(len(ham) * ceiling)
    above = float(ham[allowed - 1]) if allowed else 1.0
    return (float(ham[allowed]) + above) / 2


def evidence(validation: Scored, thresholds: Thresholds, overheard: Sequence[float] = ()) -> dict[str, Any]:
    """For each strictness: its ceiling, how many ham of how many are hit, and the upper bound of the true share.

    The bound is Clopper & Pearson's (1934), one-sided, at 95 %.
    """
    seed = np.asarray(validation.scores)[~np.asarray(validation.labels)]
    ham = np.asarray(overheard) if len(overheard) >= ENOUGH_OVERHEARD else np.concatenate((seed, overheard))
    by_strictness = {}
    for strictness, ceiling in CEILINGS.items():
        hit = int((ham >= thresholds.act_at(strictness)).sum())
        by_strictness[str(strictness)] = {
            "ceiling": ceiling,
            "ham": len(ham),
            "hit": hit,
            "upper_bound_95": upper_bound(hit, len(ham)),
            "threshold": thresholds.act_at(strictness),
        }
    return by_strictness


def upper_bound(hit: int, n: int) -> float:
    """The largest share that `hit` of `n` leaves possible, at 95 % confidence."""
    return 1.0 if hit >= n else float(beta.ppf(CONFIDENCE, hit + 1, n - hit))
