"""How long a sanction lasts at Telegram, whether one is hamlet's, and why one could not be imposed. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from storage import rules
from storage.models.words import ActionKind

SHORT = timedelta(hours=1)  # the wait for the call may be much of it
SHORTEST = timedelta(seconds=60)  # Telegram treats an end within 30 seconds, or a past one, as no end
SAME = timedelta(seconds=2)  # Telegram keeps whole seconds


class Reason(StrEnum):
    """Why a call was not made, or is not made again; stored in `Action.error`."""

    UNKNOWN = "who wrote it is not stored any more"
    OVER = "its time was over"
    LEFT = "they left"
    ADMINISTRATOR = "they are an administrator"
    BY_HAND = "what was done by hand stands"
    MOVED = "the group became a supergroup since"
    UNANSWERED = "Telegram gave no answer twice; it may have been posted"


def not_done(kind: ActionKind, error: str) -> str:
    """Why a call failed, as stored in an announcement: a known reason, or that Telegram refused a call of this kind."""
    return error if error in list(Reason) else f"{kind} refused"


@dataclass(frozen=True)
class Sanction:
    """A sanction of hamlet's, according to its receipt."""

    kind: ActionKind
    until: datetime | None  # None: without an end
    before: dict[str, Any] | None  # the sanction by hand that it replaced
    is_asked_for: bool = True  # still, by its verdict or order


def from_receipt(kind: ActionKind, receipt: dict[str, Any], is_asked_for: bool = True) -> Sanction | None:
    """The sanction that a receipt records; None where somebody else's was found and left alone."""
    if receipt.get("kept") or not (receipt.get("banned") or receipt.get("restricted")):
        return None
    return Sanction(kind, moment(receipt.get("until")), receipt.get("before"), is_asked_for)


def is_ours(ours: Iterable[Sanction], kind: ActionKind, until: datetime | None) -> bool:
    """Whether hamlet imposed a sanction of that kind with that end."""
    return any(one.kind == kind and is_same(one.until, until) for one in ours)


def is_same(one: datetime | None, other: datetime | None) -> bool:
    """Whether two ends are the same to Telegram, which keeps whole seconds."""
    if one is None or other is None:
        return one is other
    return abs(one - other) < SAME


def lasts(one: datetime | None, other: datetime | None) -> bool:
    """Whether the one end is not earlier than the other; None is no end."""
    return one is None or (other is not None and one > other - SAME)


def length(seconds: int | None) -> timedelta:
    """The length that an action's row stores; rows of earlier releases store none, and meant BAN_LASTS."""
    return rules.BAN_LASTS if seconds is None else timedelta(seconds=seconds)


def end(
    requested: datetime | None, sent_at: datetime | None, present: datetime, lasts: timedelta = rules.BAN_LASTS
) -> datetime | None:
    """The end to give to a sanction of the author of a message, instead of the `requested` one.

    `sent_at` is by Telegram's clock, `requested` by this machine's, which may be wrong. An end earlier than `lasts`
    after the message comes from a clock that was slow, and one later than `lasts` from now from one that was fast. The
    end of a short one, nearly there by the time it is made, is moved to the nearest one that Telegram keeps.
    """
    if requested is None:
        return None
    earliest = sent_at + lasts if sent_at is not None else requested
    begins = max(present, sent_at) if sent_at is not None else present
    chosen = min(max(requested, earliest), begins + lasts)
    is_nearly_over = lasts <= SHORT and begins < chosen < begins + SHORTEST
    return begins + SHORTEST if is_nearly_over else chosen


def is_over(until: datetime | None, present: datetime) -> bool:
    """Whether Telegram would treat this end as no end."""
    return until is not None and until < present + SHORTEST


def moment(written: str | None) -> datetime | None:
    """A receipt's moment (ISO 8601); None is no end."""
    return datetime.fromisoformat(written) if written else None
