"""The part of the gate that comes last: what a challenger made of live traffic while the champion judged it."""

from __future__ import annotations

from dataclasses import dataclass

from training.promotion import Bounds, Gate

BOUNDS = Bounds()


@dataclass(frozen=True)
class Shadowed:
    """Live traffic since a challenger began to shadow: what both judged, what either flagged of it."""

    judged: int
    flagged: int
    champion_flagged: int
    champion_judged: int  # whether the shadow judged it too or not
    confirmed: int = 0  # flagged by the challenger alone, and called spam by moderators since


def judge(seen: Shadowed, bounds: Bounds = BOUNDS) -> Gate:
    """The gate on live traffic that both versions judged: a challenger that flags far more needs people to look.

    What they called spam when they looked is not held against it: it is what the challenger was made for.
    """
    figures = {
        "shadow_judged": seen.judged,
        "shadow_flagged": seen.flagged,
        "shadow_champion_flagged": seen.champion_flagged,
        "shadow_confirmed": seen.confirmed,
    }
    if seen.champion_judged and not seen.judged:
        reason = f"no worker could judge with it, while the champion judged {seen.champion_judged} messages"
        return Gate(False, [f"{reason}: the worker's log says why"], figures)
    unconfirmed = seen.flagged - seen.confirmed
    share, before = (n / seen.judged if seen.judged else 0.0 for n in (unconfirmed, seen.champion_flagged))
    allowed = max(bounds.flag_ratio * before, bounds.flags_always_allowed)
    if share > allowed and unconfirmed > bounds.few_flags:
        reason = f"flags {share:.1%} of live traffic, the champion {before:.1%} ({seen.judged} messages"
        reason += f"; {seen.confirmed} more are spam indeed)" if seen.confirmed else ")"
        return Gate(False, [reason], figures)
    return Gate(True, [], figures)
