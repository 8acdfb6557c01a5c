"""The part of the gate that a chat's own ham decides: what members in good standing wrote and no version has learned.

Most of it was judged when it was written, and what was flagged then is not presumed ham. So the version that judged it
flags next to none, and a challenger is allowed a few: as many as a shadow is of live traffic.
"""

from __future__ import annotations

import numpy as np

from training.promotion import Bounds, Gate, Scores

BOUNDS = Bounds()


def judge(champion: Scores, challenger: Scores, bounds: Bounds = BOUNDS) -> Gate:
    """Whether the challenger acts on clearly more held-out presumed ham than the champion, or flags clearly more.

    Each is counted as it is, and held against the challenger where luck near the threshold is no excuse.
    """
    n = len(challenger.scores)
    if not n or not np.isfinite(challenger.scores).all():
        return Gate(True)
    sides, noise = (champion, challenger), bounds.run_to_run
    flagged, acted = ([int(s.sum()) for s in some] for some in ([s.flagged for s in sides], [s.acted for s in sides]))
    likely_flagged, likely_acted = (
        [float(s.sum()) for s in some]
        for some in ([s.likely_flagged(noise) for s in sides], [s.likely_acted(noise) for s in sides])
    )
    reasons = []
    if _more(acted, likely_acted) > bounds.more_false_positives:
        reasons.append(f"acts on {acted[1]} of {n:,} held-out messages presumed ham, the champion on {acted[0]}")
    if _more(flagged, likely_flagged) > max(bounds.few_flags, bounds.flags_always_allowed * n):
        reasons.append(f"flags {flagged[1]} of {n:,} held-out messages presumed ham, the champion {flagged[0]}")
    figures = {
        "presumed_held_out": n, "champion_presumed_flagged": flagged[0], "challenger_presumed_flagged": flagged[1],
        "champion_presumed_acted": acted[0], "challenger_presumed_acted": acted[1],
    }  # fmt: skip
    return Gate(not reasons, reasons, figures)


def _more(counted: list[int], expected: list[float]) -> float:
    """By how many more it is, as counted and as expected of another run, whichever is less."""
    return min(counted[1] - counted[0], expected[1] - expected[0])


def together(one: Gate, other: Gate) -> Gate:
    """The word of two parts of the gate: it passes what both let pass."""
    return Gate(one.passes and other.passes, [*one.reasons, *other.reasons], {**one.figures, **other.figures})
