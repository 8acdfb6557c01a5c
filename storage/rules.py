"""The moderation rules: what a verdict, or a moderator's word, asks to be done in a chat of each mode. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from storage.models.words import ActionKind, Mode, OrderKind

BAN_LASTS = timedelta(days=30)  # unless a moderator says for good
SANCTIONS = {Mode.TRAINING: ActionKind.BAN, Mode.SOFT: ActionKind.RESTRICT, Mode.ENFORCE: ActionKind.BAN}
ACTS_BY_ITSELF = (Mode.SOFT, Mode.ENFORCE)
UNDOES = {ActionKind.BAN: ActionKind.UNBAN, ActionKind.RESTRICT: ActionKind.LIFT}
UNDONE_BY = {undo: done for done, undo in UNDOES.items()}
TOLD = (ActionKind.DELETE, *UNDOES, *UNDONE_BY)  # what a notice says of
ENFORCE_AFTER = 200  # accepted corrections in a chat, after which it may be acted in without asking

WRONG_AT_MOST = (
    3  # of what hamlet did by itself in a chat within WRONG_WITHIN, undone by moderators; then it stops there
)
WRONG_WITHIN = timedelta(hours=24)
TOO_OFTEN_WRONG = "too often wrong"  # why a chat is paused, when nobody paused it
SAID_BEFORE = "said before"  # what moderators are told where an order taught nothing: another member said it first
REPORTED = "reported"  # and where members report what has no words to judge
NOTHING_TO_DO = "nothing to do"  # and where it did nothing
SAID_ENOUGH = timedelta(minutes=1)  # within which moderators are told once that something cannot be done
RAIDS = ((10, timedelta(minutes=1)), (30, timedelta(minutes=30)))  # notices of a chat within that time are its fill
RAID_IS_OVER = timedelta(minutes=10)  # after the last time that one notice stood for many
DIGEST_AFTER, LONGEST_DIGEST = timedelta(seconds=15), timedelta(minutes=5)  # doubled from digest to digest
DIGESTS_WITHIN = timedelta(hours=1)  # in which digests count as those of one raid


@dataclass(frozen=True)
class Flagged:
    """A message that was found spam, and where it stands."""

    mode: Mode
    is_over_act: bool  # its score reaches the threshold from which the chat lets hamlet act
    is_in_good_standing: bool  # its author has a history of clean messages here
    is_paused: bool  # somebody pulled the kill switch


def for_flag(flagged: Flagged) -> tuple[ActionKind, ...]:
    """What is done without asking: a notice always; more only in modes that act by themselves, on the clear cases."""
    acts = flagged.mode in ACTS_BY_ITSELF and flagged.is_over_act
    if not acts or flagged.is_in_good_standing or flagged.is_paused:
        return (ActionKind.NOTIFY,)
    return (ActionKind.DELETE, SANCTIONS[flagged.mode], ActionKind.NOTIFY)


def for_spam(mode: Mode) -> tuple[ActionKind, ...]:
    """What a moderator's "spam" asks for: nothing where hamlet only observes."""
    return (ActionKind.DELETE, SANCTIONS[mode]) if mode in SANCTIONS else ()


def for_order(kind: OrderKind) -> tuple[ActionKind, ...]:
    """What a command asks for that says nothing about spam; its only meaning is to act, so it does in every mode."""
    if kind in (OrderKind.BAN, OrderKind.BAN_FOR_GOOD):
        return (ActionKind.DELETE, ActionKind.BAN)
    return (ActionKind.DELETE,) if kind == OrderKind.WARN else ()
