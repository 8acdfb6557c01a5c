"""What is said about held messages."""

from __future__ import annotations

from bot.texts.say import Say
from storage.models import HoldState
from storage.moderation.held_messages import Decision

LONGEST_NAME = 64  # characters of a moderator's name


def hold_decided(say: Say, decision: Decision) -> str:
    """What was decided just now, or who decided what before."""
    is_let_in = decision.state == HoldState.RELEASED
    if decision.is_new:
        return say("Noted: let in.") if is_let_in else say("Noted: refused.")
    before = say("{name} has let it in already.") if is_let_in else say("{name} has refused it already.")
    return before.format(name=decision.by[:LONGEST_NAME])
