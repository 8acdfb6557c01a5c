"""The moderation rules: what follows from a verdict or a moderator's decision in a chat of each mode. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.models.words import ActionKind, Mode, OrderKind

BAN_LASTS = timedelta(days=30)  # unless the chat or a moderator chose another length
SHORTEST_TERM, LONGEST_TERM = timedelta(minutes=1), timedelta(days=366)  # Telegram keeps no longer end
SANCTIONS = {Mode.TRAINING: ActionKind.BAN, Mode.SOFT: ActionKind.RESTRICT, Mode.ENFORCE: ActionKind.BAN}
ACTS_BY_ITSELF = (Mode.SOFT, Mode.ENFORCE)
UNDOES = {ActionKind.BAN: ActionKind.UNBAN, ActionKind.RESTRICT: ActionKind.LIFT}
UNDONE_BY = {undo: done for done, undo in UNDOES.items()}
IN_NOTICES = (ActionKind.DELETE, *UNDOES, *UNDONE_BY)  # what a notice reports
ENFORCE_AFTER = 200  # accepted corrections in a chat, before `enforce` is offered there

# automatic actions in a chat that moderators undid within WRONG_WITHIN: so many pause it
WRONG_AT_MOST = 3
WRONG_WITHIN = timedelta(hours=24)
TOO_OFTEN_WRONG = "too often wrong"  # why a chat is paused automatically
WRITTEN_BEFORE = "said before"  # announced where nothing was learned from an order: another member wrote the same first
REPORTED = "reported"  # announced where members report a message without words
MORE_HELD = "more held"  # announced where more messages are held than there are notices of
NOTHING_TO_DO = "nothing to do"  # announced where an order had no effect
AT_NIGHT = "at night"  # what a digest in the morning stands for
ANNOUNCED_ONCE_WITHIN = timedelta(minutes=1)  # within which moderators are told only once that something cannot be done
RAIDS = (
    (10, timedelta(minutes=1)),
    (30, timedelta(minutes=30)),
)  # so many notices in a chat within that time are its fill
RAID_IS_OVER = timedelta(minutes=10)  # after the last digest
DIGEST_AFTER, LONGEST_DIGEST = timedelta(seconds=15), timedelta(minutes=5)  # the wait doubles from digest to digest
DIGESTS_WITHIN = timedelta(hours=1)  # digests in this time belong to one raid


@dataclass(frozen=True)
class Term:
    """How long a sanction lasts; None is for good."""

    lasts: timedelta | None

    @classmethod
    def of_days(cls, days: int) -> Term:
        """What a chat chose: 0 is for good."""
        return cls(timedelta(days=days) if days else None)

    @classmethod
    def of_seconds(cls, seconds: int | None) -> Term | None:
        """The length that a moderator named, if any; 0 is for good."""
        return None if seconds is None else cls(timedelta(seconds=seconds) if seconds else None)

    @property
    def seconds(self) -> int | None:
        """The length as rows store it."""
        return None if self.lasts is None else int(self.lasts.total_seconds())

    def end(self, begins: datetime) -> datetime | None:
        """When a sanction of that length ends that begins then."""
        return None if self.lasts is None else begins + self.lasts


FOR_GOOD = Term(None)


@dataclass(frozen=True)
class Flagged:
    """A flagged message, as the rules see it."""

    mode: Mode
    is_over_act: bool  # its score reaches the acting threshold
    is_in_good_standing: bool  # its author has a history of clean messages in the chat
    is_paused: bool  # the kill switch is on


def for_flag(flagged: Flagged) -> tuple[ActionKind, ...]:
    """What is done without asking: always a notice, and more only for clear cases in modes that act automatically."""
    acts = flagged.mode in ACTS_BY_ITSELF and flagged.is_over_act
    if not acts or flagged.is_in_good_standing or flagged.is_paused:
        return (ActionKind.NOTIFY,)
    return (ActionKind.DELETE, SANCTIONS[flagged.mode], ActionKind.NOTIFY)


def for_spam(mode: Mode) -> tuple[ActionKind, ...]:
    """What a moderator's "spam" asks for: nothing where hamlet only observes."""
    return (ActionKind.DELETE, SANCTIONS[mode]) if mode in SANCTIONS else ()


def for_order(kind: OrderKind) -> tuple[ActionKind, ...]:
    """What a command other than spam or ham asks for; acting is its only meaning, so the mode does not matter."""
    if kind in (OrderKind.BAN, OrderKind.BAN_FOR_GOOD):
        return (ActionKind.DELETE, ActionKind.BAN)
    if kind == OrderKind.MUTE:
        return (ActionKind.RESTRICT,)
    return (ActionKind.DELETE,) if kind == OrderKind.WARN else ()
