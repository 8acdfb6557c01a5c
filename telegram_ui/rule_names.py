"""What people read of the rule that decided about a message."""

from __future__ import annotations

from storage.moderation.policies import known_pictures
from telegram_ui.language import Say


def rule_name(say: Say, rule: str) -> str:
    """A chat's own rule as it is stored; the likeness of pictures, which no chat has worded, in the reader's language."""
    if rule == known_pictures.LABEL:
        return say("a picture like one that moderators called spam here")
    return rule
