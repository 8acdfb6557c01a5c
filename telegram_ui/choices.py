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
        Choice(
            "reports_hide",
            say("Reports that hide a message until a moderator decides"),
            {"0": say("none, however many"), "2": say("2 reports"), "3": say("3 reports"), "5": say("5 reports")},
        ),
        Choice(
            "informs_reporters",
            say("Reporters are told what came of it"),
            {"no": say("no"), "yes": say("yes, in private")},
        ),
        Choice(
            "floods",
            say("A flood of newcomers' messages is one notice"),
            {"no": say("no"), "yes": say("yes")},
        ),
        Choice(
            "shares_bans",
            say("Confirmed spammers are banned in all groups that choose this"),
            {"no": say("no"), "yes": say("yes")},
        ),
    )


def choice(say: Say, field: str) -> Choice | None:
    """The setting of that field, if there is one to choose."""
    return next((one for one in choices(say) if one.field == field), None)
