"""May the challenger replace the champion? A pure rule that gives its reasons.

F1 is compared by a paired bootstrap (Efron & Tibshirani, 1993): both versions are measured on the same resampled texts,
so what makes a text hard for both cancels out. The lower bound is one-sided, at 95 %. Two kinds of luck are allowed for:

- A score near the threshold might lie on the other side after another run of the same recipe. So each text counts as
  flagged by how probable that is: a champion that was lucky with one text cannot keep out all that come after it, and a
  clear miss counts in full.
- A version's own threshold is one of many that validation cannot tell apart. So a challenger that is no worse where both
  flag as much may lose, at its own threshold, as much F1 as that choice costs.

Ham that would be acted on or flagged again is counted as it is, but held against a challenger only where such luck is
no excuse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.fit.calibration import expected_calibration_error
from training.lifecycle.gate_decision import Bounds, Gate
from training.lifecycle.gate_evidence import Evidence, Scores

DEFAULT = Bounds()

Change = tuple[float, float]  # of F1, and its lower bound


@dataclass(frozen=True)
class _F1Changes:
    """How F1 changes: with every text counted by its probability, at equal flags, and as flagged this time."""

    likely: Change
    flagging_as_much: Change
    as_flagged: Change


@dataclass(frozen=True)
class _ActedHam:
    """Ham acted on by champion and challenger: counted, and expected of another run."""

    counted: tuple[int, int]
    expected: tuple[float, float]


def decide(evidence: Evidence, bounds: Bounds = DEFAULT) -> Gate:
    """The gate on texts that neither version has learned from."""
    if not np.isfinite(evidence.challenger.scores).all():
        return decide_alone(evidence.labels, evidence.challenger, bounds)
    labels = np.asarray(evidence.labels, dtype=bool)
    changes, acted = _f1_changes(labels, evidence, bounds), _acted_ham(labels, evidence, bounds)
    alone, broken = decide_alone(evidence.labels, evidence.challenger, bounds), _broken(evidence, bounds)
    reasons = [*_f1_reasons(changes, bounds), *_acted_reasons(acted, bounds), *alone.reasons]
    if broken:
        reasons.append(f"flags {broken} messages again that moderators said were no spam")
    figures = {
        "hold_out": len(labels),
        "hold_out_spam": int(labels.sum()),
        "champion_f1": f1(labels, evidence.champion.flagged),
        "challenger_f1": f1(labels, evidence.challenger.flagged),
        **_change_figures(changes),
        **_acted_figures(acted),
        "must_not_break": len(evidence.undone_champion.scores),
        "broken": broken,
        **alone.figures,
    }
    return Gate(not reasons, reasons, figures)


def decide_alone(labels: Sequence[bool], challenger: Scores, bounds: Bounds = DEFAULT) -> Gate:
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
) -> Change:
    """How much F1 changes between two versions' shares of each text flagged, (N,) from 0 to 1, and its lower bound."""
    rng = np.random.default_rng(bounds.seed)
    outcomes = np.stack([outcome for flagged in (before, after) for outcome in _outcomes(labels, flagged)])  # (6, N)
    times = rng.multinomial(len(labels), np.full(len(labels), 1 / len(labels)), size=bounds.resamples)
    sums = times @ outcomes.T  # (resamples, 6)
    changes = _f1(*sums[:, 3:].T) - _f1(*sums[:, :3].T)
    return f1(labels, after) - f1(labels, before), float(np.quantile(changes, 1 - bounds.confidence))


def f1(labels: NDArray[np.bool_], flagged: NDArray[Any]) -> float:
    """F1 of flags, or of shares of each text flagged, (N,)."""
    return float(_f1(*(outcome.sum() for outcome in _outcomes(labels, flagged))))


def _f1_changes(labels: NDArray[np.bool_], evidence: Evidence, bounds: Bounds) -> _F1Changes:
    sides = (evidence.champion, evidence.challenger)
    before, after = (side.likely_flagged(bounds.run_to_run) for side in sides)
    as_much = evidence.challenger.likely_flagged_as_much(float(before.sum()), bounds.run_to_run)
    flagged_before, flagged_after = (side.flagged.astype(float) for side in sides)
    return _F1Changes(
        likely=f1_change(labels, before, after, bounds),
        flagging_as_much=f1_change(labels, before, as_much, bounds),
        as_flagged=f1_change(labels, flagged_before, flagged_after, bounds),
    )


def _f1_reasons(changes: _F1Changes, bounds: Bounds) -> list[str]:
    lower = changes.likely[1]
    if (best := max(lower, changes.flagging_as_much[1])) < -bounds.f1_loss:
        return [f"F1 may be {-best:.4f} worse ({bounds.confidence:.0%} bound; {bounds.f1_loss} is allowed)"]
    if lower < -bounds.f1_loss_at_threshold:
        allowed = f"({bounds.confidence:.0%} bound; {bounds.f1_loss_at_threshold} is allowed)"
        return [f"F1 may be {-lower:.4f} worse at its own threshold {allowed}"]
    return []


def _change_figures(changes: _F1Changes) -> dict[str, float]:
    named = {"": changes.likely, "_flagging_as_much": changes.flagging_as_much, "_as_flagged": changes.as_flagged}
    figures: dict[str, float] = {}
    for name, (change, lower) in named.items():
        figures |= {f"f1_change{name}": change, f"f1_change{name}_lower_bound": lower}
    return figures


def _acted_ham(labels: NDArray[np.bool_], evidence: Evidence, bounds: Bounds) -> _ActedHam:
    sides = (evidence.champion, evidence.challenger)
    before, after = (int((side.acted & ~labels).sum()) for side in sides)
    expected = [float(side.likely_acted(bounds.run_to_run)[~labels].sum()) for side in sides]
    return _ActedHam((before, after), (expected[0], expected[1]))


def _acted_reasons(acted: _ActedHam, bounds: Bounds) -> list[str]:
    before, after = acted.counted
    if min(after - before, acted.expected[1] - acted.expected[0]) <= bounds.more_false_positives:
        return []
    return [f"acts on {after} held-out ham, the champion on {before}"]


def _acted_figures(acted: _ActedHam) -> dict[str, float]:
    return {
        "champion_false_positives": acted.counted[0],
        "challenger_false_positives": acted.counted[1],
        "champion_expected_false_positives": acted.expected[0],
        "challenger_expected_false_positives": acted.expected[1],
    }


def _broken(evidence: Evidence, bounds: Bounds) -> int:
    """Ham that the challenger flags or acts on where the champion no longer does, and not by luck alone."""
    before, after, noise = evidence.undone_champion, evidence.undone_challenger, bounds.run_to_run
    flagged = after.flagged & ~before.flagged
    acted = after.acted & ~before.acted
    flagged &= after.likely_flagged(noise) - before.likely_flagged(noise) > bounds.broken_from
    acted &= after.likely_acted(noise) - before.likely_acted(noise) > bounds.broken_from
    return int((flagged | acted).sum())


def _outcomes(labels: NDArray[np.bool_], flagged: NDArray[Any]) -> tuple[NDArray[np.float64], ...]:
    """How far each text is caught spam, false spam and missed spam, (N,) each."""
    share = flagged.astype(float)
    return labels * share, ~labels * share, labels * (1 - share)


def _f1(caught: Any, false: Any, missed: Any) -> Any:
    return 2 * caught / np.maximum(2 * caught + false + missed, 1)
