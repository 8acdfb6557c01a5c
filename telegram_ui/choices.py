"""What a chat can choose beyond its mode: one table for the menu at Telegram and for the page of the site.

A row names a field of ChatSettings, the words that stand for its values in a button or a form, and what people read.
"""

from __future__ import annotations

from dataclasses import dataclass

from storage.models import ChatSettings
from telegram_ui.language import Say


@dataclass(frozen=True)
class Choice:
    """One setting: its field, its title, and each value's word with its label."""

    field: str
    title: str
    options: dict[str, str]

    def current(self, settings: ChatSettings) -> str:
        """The word of the value that is chosen; a number that no word stands for is its own."""
        value = getattr(settings, self.field)
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)

    def label(self, settings: ChatSettings) -> str:
        """What people read of the value that is chosen."""
        word = self.current(settings)
        return self.options.get(word, word)


def choices(say: Say) -> tuple[Choice, ...]:
    """Every setting, in the order in which menus show them."""
    return (
        Choice(
            "spam_removes",
            say('A moderator\'s "spam" deletes'),
            {
                "message": say("the message"),
                "chat": say("all its author wrote here in 48 hours"),
                "everywhere": say("all its author wrote in any group in 48 hours"),
            },
        ),
        Choice("ban_days", say("Bans and mutes last"), _lengths(say)),
        Choice("warnings_mute", say("A day's mute after"), _warnings(say, "2", "3")),
        Choice("warnings_ban", say("A ban after"), _warnings(say, "3", "5")),
    )


def _lengths(say: Say) -> dict[str, str]:
    return {"1": say("1 day"), "7": say("7 days"), "30": say("30 days"), "0": say("for good")}


def _warnings(say: Say, *numbers: str) -> dict[str, str]:
    """After how many warnings within 30 days."""
    return {"0": say("no number of warnings")} | {
        number: say("{n} warnings in 30 days").format(n=number) for number in numbers
    }


def choice(say: Say, field: str) -> Choice | None:
    """The setting of that field, if there is one to choose."""
    return next((one for one in choices(say) if one.field == field), None)
