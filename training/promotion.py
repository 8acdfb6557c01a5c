"""May the challenger replace the champion? A pure rule that says why.

F1 is compared by a paired bootstrap (Efron & Tibshirani, 1993): both judge the same resampled texts, so what makes
a text hard for either cancels out. The lower bound is one-sided, at 95 %. A score near the threshold might lie on its
other side after another run of the same recipe, so each text counts as flagged by how probable that is: a champion
that was lucky with one text cannot keep out all that come after it, and what is clearly missed counts in full. Where a version's
own threshold lies is as much luck: it is one of many that validation cannot tell apart. So a challenger that is no worse
where both flag as much may cost, at its own threshold, what such a choice does. Ham that would be acted on, or flagged
again, is counted as it is, but only held against a challenger where such luck is no excuse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit

from training.calibration import expected_calibration_error
from training.thresholds import RUN_TO_RUN

MARGIN = 50.0  # log-odds beyond which no score lies


@dataclass(frozen=True)
class Bounds:
    """What a challenger may cost, at most."""

    f1_loss: float = 0.005  # that the bootstrap's lower bound leaves possible, where both flag as much
    f1_loss_at_threshold: float = (
        0.02  # the same, each at its own threshold: thresholds within 0.01 of the best F1 are chosen among
    )
    more_false_positives: int = 1  # at the acting threshold
    calibration_error: float = 0.05
    flag_ratio: float = 2.0  # of the champion's share of live traffic
    flags_always_allowed: float = 0.01  # of live traffic: twice nothing is nothing
    few_flags: int = 3  # that are never too many: in a small chat one is more than a hundredth
    confidence: float = 0.95
    run_to_run: float = RUN_TO_RUN
    broken_from: float = 0.25  # so much more probably flagged than by the champion is more than such noise
    resamples: int = 2_000
    seed: int = 0


@dataclass(frozen=True)
class Scores:
    """One version's scores of the same texts, and where they begin to mean something."""

    scores: Sequence[float]
    review: float
    act: float

    @property
    def flagged(self) -> NDArray[np.bool_]:
        return np.asarray(self.scores, dtype=float) >= self.review

    @property
    def acted(self) -> NDArray[np.bool_]:
        return np.asarray(self.scores, dtype=float) >= self.act

    def likely_flagged(self, noise: float) -> NDArray[np.float64]:
        """How probably each is flagged by a version of another run, whose log-odds have logistic noise of that scale."""
        return self._likely_over(self.review, noise)

    def likely_flagged_as_much(self, much: float, noise: float) -> NDArray[np.float64]:
        """The same at the threshold where `much` is flagged in all; (N,)."""
        log_odds = _log_odds(np.asarray(self.scores, dtype=float))

        def too_much(threshold: float) -> float:
            return float(expit((log_odds - threshold) / noise).sum() - much)

        threshold = brentq(too_much, -MARGIN, MARGIN) if too_much(-MARGIN) > 0 > too_much(MARGIN) else 0.0
        return expit((log_odds - threshold) / noise)  # type: ignore[no-any-return]  # scipy is untyped

    def likely_acted(self, noise: float) -> NDArray[np.float64]:
        """The same of acting."""
        return self._likely_over(self.act, noise)

    def _likely_over(self, threshold: float, noise: float) -> NDArray[np.float64]:
        beyond = _log_odds(np.asarray(self.scores, dtype=float)) - _log_odds(np.float64(threshold))
        return expit(beyond / noise)  # type: ignore[no-any-return]  # scipy is untyped


@dataclass(frozen=True)
class Evidence:
    """What both versions say of the hold-out set, and of ham that was flagged once and must not be again."""

    labels: Sequence[bool]
    champion: Scores
    challenger: Scores
    undone_champion: Scores
    undone_challenger: Scores


@dataclass(frozen=True)
class Gate:
    """Whether a challenger may go on, every reason why not, and the figures behind it."""

    passes: bool
    reasons: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def judge(evidence: Evidence, bounds: Bounds = Bounds()) -> Gate:  # frozen, so sharing it is harmless
    """The gate on texts that neither version has learned from."""
    if not np.isfinite(evidence.challenger.scores).all():
        return judge_alone(evidence.labels, evidence.challenger, bounds)
    labels = np.asarray(evidence.labels, dtype=bool)
    likely = [side.likely_flagged(bounds.run_to_run) for side in (evidence.champion, evidence.challenger)]
    change, lower = f1_change(labels, likely[0], likely[1], bounds)
    as_much = evidence.challenger.likely_flagged_as_much(float(likely[0].sum()), bounds.run_to_run)
    flagging_as_much = f1_change(labels, likely[0], as_much, bounds)
    sides = (evidence.champion.flagged, evidence.challenger.flagged)
    as_flagged = f1_change(labels, sides[0].astype(float), sides[1].astype(float), bounds)
    before, after = (int((s.acted & ~labels).sum()) for s in (evidence.champion, evidence.challenger))
    expected = [
        float(s.likely_acted(bounds.run_to_run)[~labels].sum()) for s in (evidence.champion, evidence.challenger)
    ]
    alone = judge_alone(evidence.labels, evidence.challenger, bounds)
    broken = _broken(evidence, bounds)
    figures = {
        "hold_out": len(labels), "hold_out_spam": int(labels.sum()),
        "champion_f1": f1(labels, evidence.champion.flagged), "challenger_f1": f1(labels, evidence.challenger.flagged),
        "f1_change": change, "f1_change_lower_bound": lower, "f1_change_flagging_as_much": flagging_as_much[0],
        "f1_change_flagging_as_much_lower_bound": flagging_as_much[1], "f1_change_as_flagged": as_flagged[0],
        "f1_change_as_flagged_lower_bound": as_flagged[1], "champion_false_positives": before,
        "challenger_false_positives": after, "champion_expected_false_positives": expected[0],
        "challenger_expected_false_positives": expected[1], "must_not_break": len(evidence.undone_champion.scores),
        "broken": broken, **alone.figures,
    }  # fmt: skip
    reasons = []
    if (best := max(lower, flagging_as_much[1])) < -bounds.f1_loss:
        reasons.append(f"F1 may be {-best:.4f} worse ({bounds.confidence:.0%} bound; {bounds.f1_loss} is allowed)")
    elif lower < -bounds.f1_loss_at_threshold:
        reasons.append(
            f"F1 may be {-lower:.4f} worse at its own threshold ({bounds.confidence:.0%} bound; "
            f"{bounds.f1_loss_at_threshold} is allowed)"
        )
    if min(after - before, expected[1] - expected[0]) > bounds.more_false_positives:
        reasons.append(f"acts on {after} held-out ham, the champion on {before}")
    reasons += alone.reasons
    if broken:
        reasons.append(f"flags {broken} messages again that moderators said were no spam")
    return Gate(not reasons, reasons, figures)


def judge_alone(labels: Sequence[bool], challenger: Scores, bounds: Bounds = Bounds()) -> Gate:
    """The part of the gate that needs no champion: whether the scores mean what they say."""
    if not np.isfinite(challenger.scores).all():
        return Gate(False, ["some of its scores are no numbers"])
    error = expected_calibration_error(challenger.scores, labels)
    figures = {"calibration_error": error}
    if error <= bounds.calibration_error:
        return Gate(True, [], figures)
    return Gate(False, [f"its calibration error is {error:.3f}, over {bounds.calibration_error}"], figures)


def f1_change(
    labels: NDArray[np.bool_], before: NDArray[np.float64], after: NDArray[np.float64], bounds: Bounds
) -> tuple[float, float]:
    """How much F1 changes between two versions' shares of each text flagged, (N,) from 0 to 1, and its lower bound."""
    chance = np.random.default_rng(bounds.seed)
    kinds = np.stack([k for flagged in (before, after) for k in _kinds(labels, flagged)])  # (6, N)
    often = chance.multinomial(len(labels), np.full(len(labels), 1 / len(labels)), size=bounds.resamples)
    sums = often @ kinds.T  # (resamples, 6)
    changes = _f1(*sums[:, 3:].T) - _f1(*sums[:, :3].T)
    return f1(labels, after) - f1(labels, before), float(np.quantile(changes, 1 - bounds.confidence))


def f1(labels: NDArray[np.bool_], flagged: NDArray[Any]) -> float:
    return float(_f1(*(kind.sum() for kind in _kinds(labels, flagged))))


def _kinds(labels: NDArray[np.bool_], flagged: NDArray[Any]) -> tuple[NDArray[np.float64], ...]:
    """How far each text is found spam, false spam and missed spam."""
    share = flagged.astype(float)
    return labels * share, ~labels * share, labels * (1 - share)


def _log_odds(scores: Any) -> Any:
    certain = np.clip(scores, 1e-9, 1 - 1e-9)
    return np.log(certain / (1 - certain))


def _f1(found: Any, false: Any, missed: Any) -> Any:
    return 2 * found / np.maximum(2 * found + false + missed, 1)


def _broken(evidence: Evidence, bounds: Bounds) -> int:
    """Ham that the challenger would flag or act on where the champion knows better by now, and not by luck alone."""
    before, again, noise = evidence.undone_champion, evidence.undone_challenger, bounds.run_to_run
    flagged = again.flagged & ~before.flagged
    acted = again.acted & ~before.acted
    flagged &= again.likely_flagged(noise) - before.likely_flagged(noise) > bounds.broken_from
    acted &= again.likely_acted(noise) - before.likely_acted(noise) > bounds.broken_from
    return int((flagged | acted).sum())
