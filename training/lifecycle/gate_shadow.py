"""The last part of the gate: what a challenger flagged of live traffic that the champion decided on."""

from __future__ import annotations

from dataclasses import dataclass

from training.lifecycle.gate_decision import Bounds, Gate

BOUNDS = Bounds()


@dataclass(frozen=True)
class Shadowed:
    """Counts of live traffic since a challenger began to shadow: scored by both, flagged by either."""

    judged: int
    flagged: int
    champion_flagged: int
    champion_judged: int  # whether or not the shadow scored it too
    confirmed: int = 0  # flagged by the challenger alone, and called spam by moderators since


def decide(counts: Shadowed, bounds: Bounds = BOUNDS) -> Gate:
    """The gate on live traffic that both versions scored: a challenger that flags far more needs people to look.

    What they called spam when they looked is not held against it: that is what the challenger was made for.
    """
    figures = {
        "shadow_judged": counts.judged,
        "shadow_flagged": counts.flagged,
        "shadow_champion_flagged": counts.champion_flagged,
        "shadow_confirmed": counts.confirmed,
    }
    if counts.champion_judged and not counts.judged:
        reason = f"no worker could judge with it, while the champion judged {counts.champion_judged} messages"
        return Gate(False, [f"{reason}: the worker's log says why"], figures)
    unconfirmed = counts.flagged - counts.confirmed
    share, before = (n / counts.judged if counts.judged else 0.0 for n in (unconfirmed, counts.champion_flagged))
    allowed = max(bounds.flag_ratio * before, bounds.flags_always_allowed)
    if share > allowed and unconfirmed > bounds.few_flags:
        reason = f"flags {share:.1%} of live traffic, the champion {before:.1%} ({counts.judged} messages"
        reason += f"; {counts.confirmed} more are spam indeed)" if counts.confirmed else ")"
        return Gate(False, [reason], figures)
    return Gate(True, [], figures)
