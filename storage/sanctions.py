"""How long a sanction lasts as Telegram takes it, whose a standing one is, and why one could not be made. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from storage import rules
from storage.models.words import ActionKind

SHORTEST = timedelta(seconds=60)  # Telegram takes an end within 30 seconds, or a past one, for none at all
SAME = timedelta(seconds=2)  # Telegram keeps whole seconds


class Reason(StrEnum):
    """Why a sanction, or lifting one, did not happen; stands in `Action.error`."""

    UNKNOWN = "who wrote it is not stored any more"
    OVER = "its time was over"
    LEFT = "they left"
    ADMINISTRATOR = "they are an administrator"
    BY_HAND = "what was done by hand stands"
    MOVED = "the group became a supergroup since"


def not_done(kind: ActionKind, error: str) -> str:
    """Why a call was not made, as an announcement keeps it: a known reason, or that Telegram refused a call of this kind."""
    return error if error in list(Reason) else f"{kind} refused"


@dataclass(frozen=True)
class Made:
    """A sanction of hamlet's, as its receipt has it."""

    kind: ActionKind
    until: datetime | None  # None: for good
    before: dict[str, Any] | None  # the sanction by hand that stood there before
    is_asked_for: bool = True  # still, by the verdict or order that it was made for


def made(kind: ActionKind, receipt: dict[str, Any], is_asked_for: bool = True) -> Made | None:
    """What the receipt of a ban or restriction says hamlet did; None where it found another's and left it."""
    if receipt.get("kept") or not (receipt.get("banned") or receipt.get("restricted")):
        return None
    return Made(kind, moment(receipt.get("until")), receipt.get("before"), is_asked_for)


def is_ours(all_made: Iterable[Made], kind: ActionKind, until: datetime | None) -> bool:
    """Whether hamlet made a sanction of that kind with that end."""
    return any(one.kind == kind and is_same(one.until, until) for one in all_made)


def is_same(one: datetime | None, other: datetime | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) < SAME


def lasts(one: datetime | None, other: datetime | None) -> bool:
    """Whether the one end is no earlier than the other; None has no end."""
    return one is None or (other is not None and one > other - SAME)


def end(asked: datetime | None, sent_at: datetime | None, present: datetime) -> datetime | None:
    """The end to give to a sanction asked for until `asked`, of somebody who wrote at `sent_at` by Telegram's clock.

    A message is no younger than it says, so a sanction that would have ended sooner than it lasts after the message was
    asked for by a clock that was slow; one that lasts longer than it may was asked for by a clock that was fast.
    """
    if asked is None:
        return None
    floor = sent_at + rules.BAN_LASTS if sent_at is not None else asked
    begins = max(present, sent_at) if sent_at is not None else present
    return min(max(asked, floor), begins + rules.BAN_LASTS)


def is_over(until: datetime | None, present: datetime) -> bool:
    """Whether Telegram would take this end for none."""
    return until is not None and until < present + SHORTEST


def moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
