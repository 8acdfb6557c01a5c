"""What a chat can choose beyond its mode: one table for the menu at Telegram and for the page of the site.

A row names a field of ChatSettings, the words that stand for its values in a button or a form, and what people read.
"""

from __future__ import annotations

from dataclasses import dataclass

from storage.models import ChatSettings
from storage.nights import NIGHTS, TIME_ZONES
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
        Choice("quiet_night", say("Notices wait for the morning"), _nights(say)),
        Choice("time_zone", say("Time zone"), {word: utc(hours) for word, hours in TIME_ZONES.items()}),
        Choice("notices_vanish", say("Decided notices in the group are deleted"), {"no": say("no"), "yes": say("yes")}),
    )


def _nights(say: Say) -> dict[str, str]:
    between = say("from {begin} to {end}")
    return {
        word: between.format(begin=f"{hours[0]}:00", end=f"{hours[1]}:00") if hours is not None else say("no")
        for word, hours in NIGHTS.items()
    }


def utc(hours: int) -> str:
    """The name of the time zone so many hours from UTC."""
    return f"UTC{'+' if hours > 0 else '−'}{abs(hours)}" if hours else "UTC"
        *_holds(say),
        _yes_or_no(say, "removes_service", say("Messages of joining and leaving are removed")),
    )


def _holds(say: Say) -> tuple[Choice, ...]:
    """What becomes of newcomers' messages before a moderator decides."""
    wordless = {"nothing": say("nothing"), "notice": say("a notice"), "hold": say("held until a moderator decides")}
    return (
        _yes_or_no(say, "hold_links", say("Newcomers' links are held")),
        _yes_or_no(say, "hold_forwards", say("Newcomers' forwards are held")),
        _yes_or_no(say, "hold_bot_mentions", say("Newcomers' mentions of bots are held")),
        _yes_or_no(say, "hold_pictures", say("Newcomers' pictures are held")),
        Choice("wordless", say("Newcomers' pictures, videos and the like without words"), wordless),
        Choice("hold_below", say("Newcomers here: fewer clean messages than"), {n: n for n in ("1", "3", "5", "10")}),
    )


def _yes_or_no(say: Say, field: str, title: str) -> Choice:
    return Choice(field, title, {"yes": say("yes"), "no": say("no")})


def choice(say: Say, field: str) -> Choice | None:
    """The setting of that field, if there is one to choose."""
    return next((one for one in choices(say) if one.field == field), None)
