"""What is said to whoever decides about somebody's reactions."""

from __future__ import annotations

from bot.texts.say import Say
from storage.moderation.reactors import Decision

LONGEST_NAME = 64  # characters of a moderator's name


def reactor_is_administrator(say: Say) -> str:
    return say("They are an administrator of that group by now; I act on members only.")


def reactor_decided(say: Say, decision: Decision) -> str:
    """What was decided just now, or who decided what before."""
    if decision.is_new:
        return say("Noted: ban.") if decision.is_banned else say("Noted: nothing is done.")
    before = say("{name} has decided on a ban already.") if decision.is_banned else say("{name} has left it already.")
    return before.format(name=decision.by[:LONGEST_NAME])
