"""Every sentence the bot says."""

from __future__ import annotations

START = (
    "I flag spam in groups. Add me to a group, make me an administrator who may delete messages, and turn my "
    "privacy mode off at @BotFather (/setprivacy), so that I see what members write. "
    "What I flag I show with two buttons; only that group's moderators can press them."
)
ONLY_MODERATORS = "Only moderators of that group can decide this."
UNKNOWN_NOTICE = "I no longer know the message this button belongs to."
STORED_SPAM = "Noted: spam. I will learn from it."
STORED_HAM = "Noted: not spam. I will learn from it."
