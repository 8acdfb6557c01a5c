"""The part of the gate that a chat's own ham decides: what members in good standing wrote and no version has learned.

Most of it was scored when it was written, and what was flagged then is not presumed ham. So the version that scored it
flags next to none, and a challenger is allowed a few: as many as a shadow may flag of live traffic.
"""

from __future__ import annotations

import numpy as np

from training.lifecycle.gate_decision import Bounds, Gate
from training.lifecycle.gate_evidence import Scores

BOUNDS = Bounds()


def decide(champion: Scores, challenger: Scores, bounds: Bounds = BOUNDS) -> Gate:
    """Whether the challenger acts on clearly more held-out presumed ham than the champion, or flags clearly more.

    Texts are counted as they are, and held against the challenger where luck near the threshold is no excuse.
    """
    n = len(challenger.scores)
    if not n or not np.isfinite(challenger.scores).all():
        return Gate(True)
    sides, noise = (champion, challenger), bounds.run_to_run
    flagged, acted = [int(side.flagged.sum()) for side in sides], [int(side.acted.sum()) for side in sides]
    likely_flagged = [float(side.likely_flagged(noise).sum()) for side in sides]
    likely_acted = [float(side.likely_acted(noise).sum()) for side in sides]
    reasons = []
    if _increase(acted, likely_acted) > bounds.more_false_positives:
        reasons.append(f"acts on {acted[1]} of {n:,} held-out messages presumed ham, the champion on {acted[0]}")
    if _increase(flagged, likely_flagged) > max(bounds.few_flags, bounds.flags_always_allowed * n):
        reasons.append(f"flags {flagged[1]} of {n:,} held-out messages presumed ham, the champion {flagged[0]}")
    figures = {
        "presumed_held_out": n,
        "champion_presumed_flagged": flagged[0],
        "challenger_presumed_flagged": flagged[1],
        "champion_presumed_acted": acted[0],
        "challenger_presumed_acted": acted[1],
    }
    return Gate(not reasons, reasons, figures)


def _increase(counted: list[int], expected: list[float]) -> float:
    """The increase as counted or as expected of another run, whichever is less."""
    return min(counted[1] - counted[0], expected[1] - expected[0])
