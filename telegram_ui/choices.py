"""What a chat can choose beyond its mode: one table for the menu at Telegram and for the page of the site.

A row names a field of ChatSettings, the words that stand for its values in a button or a form, and what people read.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from storage.models import ChatSettings, now
from storage.nights import NIGHTS
from storage.outbound import configured
from telegram_ui import time_zones
from telegram_ui.language import Say


@dataclass(frozen=True)
class Choice:
    """One setting: its field, its title, and each value's word with its label."""

    field: str
    title: str
    options: dict[str, str]
    needs: str | None = None  # what the operator has to set up for it (a name of `storage/outbound/configured.py`)
    operators_only: Collection[str] = ()  # words that no moderator may choose, for they reach into other groups
    outdated: tuple[tuple[str, str], ...] = ()  # words with their labels that stay where they are stored

    def current(self, settings: ChatSettings) -> str:
        """The word of the value that is chosen; a number that no word stands for is its own."""
        value = getattr(settings, self.field)
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)

    def label(self, settings: ChatSettings) -> str:
        """What people read of the value that is chosen."""
        word = self.current(settings)
        return (dict(self.outdated) | self.options).get(word, word)

    def offered(self, *, is_operator: bool) -> dict[str, str]:
        """The options that this person may choose."""
        return {word: label for word, label in self.options.items() if is_operator or word not in self.operators_only}


def choices(say: Say) -> tuple[Choice, ...]:
    """Every setting, in the order in which menus show them."""
    return (
        *_sanctions(say),
        *_holds(say),
        *_pictures(say),
        *_accounts(say),
        *_reports(say),
        *_notices(say),
        *_outbound(say),
    )


def choice(say: Say, field: str) -> Choice | None:
    """The setting of that field, if there is one to choose."""
    return next((one for one in choices(say) if one.field == field), None)


def unavailable(session: Session, say: Say) -> dict[str, str]:
    """Why choices do nothing at present, by field; empty where all of them work."""
    reasons = {
        configured.PICTURES: say(
            "does nothing: the operator has not installed the extra “pictures”, or its process is away"
        ),
        configured.SPAMMER_LIST: say("does nothing: the operator has named no list of spammers"),
        configured.SECOND_OPINION: say("does nothing: the operator has named no other model"),
        configured.WEBHOOK: say("does nothing: the operator has no webhook"),
    }
    missing = {need: reason for need, reason in reasons.items() if not configured.is_on(session, need)}
    return {one.field: missing[one.needs] for one in choices(say) if one.needs in missing}


def _yes_or_no(say: Say, field: str, title: str, needs: str | None = None) -> Choice:
    return Choice(field, title, {"no": say("no"), "yes": say("yes")}, needs)


def _sanctions(say: Say) -> tuple[Choice, ...]:
    """What spam and warnings lead to."""
    removed = {
        "message": say("the message"),
        "chat": say("all its author wrote here in 48 hours"),
        "everywhere": say("all its author wrote in any group in 48 hours"),
    }
    return (
        Choice("spam_removes", say('A moderator\'s "spam" deletes'), removed, operators_only={"everywhere"}),
        Choice("ban_days", say("Bans and mutes last"), _lengths(say)),
        Choice("warnings_mute", say("A day's mute after"), _warnings(say, "2", "3")),
        Choice("warnings_ban", say("A ban after"), _warnings(say, "3", "5")),
        _yes_or_no(say, "shares_bans", say("Confirmed spammers are banned in all groups that choose this")),
    )


def _lengths(say: Say) -> dict[str, str]:
    return {"1": say("1 day"), "7": say("7 days"), "30": say("30 days"), "0": say("for good")}


def _warnings(say: Say, *numbers: str) -> dict[str, str]:
    """After how many warnings within 30 days."""
    return {"0": say("no number of warnings")} | {
        number: say("{n} warnings in 30 days").format(n=number) for number in numbers
    }


def _holds(say: Say) -> tuple[Choice, ...]:
    """What becomes of newcomers' messages before a moderator decides, and of Telegram's own."""
    wordless = {"nothing": say("nothing"), "notice": say("a notice"), "hold": say("held until a moderator decides")}
    return (
        _yes_or_no(say, "hold_links", say("Newcomers' links are held")),
        _yes_or_no(say, "hold_forwards", say("Newcomers' forwards are held")),
        _yes_or_no(say, "hold_bot_mentions", say("Newcomers' mentions of bots are held")),
        _yes_or_no(say, "hold_pictures", say("Newcomers' pictures are held")),
        Choice("wordless", say("Newcomers' pictures, videos and the like without words"), wordless),
        Choice("hold_below", say("Newcomers here: fewer clean messages than"), {n: n for n in ("1", "3", "5", "10")}),
        _yes_or_no(say, "weighs_scripts", say("Letters that nobody here writes in count against a newcomer")),
        _yes_or_no(say, "reads_joining_names", say("Names of who joins are judged")),
        _yes_or_no(say, "removes_service", say("Messages of joining and leaving are removed")),
    )


def _accounts(say: Say) -> tuple[Choice, ...]:
    """Whose account alone is a reason to show moderators what they write."""
    return (
        _yes_or_no(
            say,
            "spammer_list",
            say("Newcomers on the list of spammers are shown to moderators"),
            configured.SPAMMER_LIST,
        ),
        _yes_or_no(say, "shows_deleted", say("Messages of deleted accounts are shown to moderators")),
        _yes_or_no(
            say, "watches_reactions", say("Many reactions of who never wrote are shown (I must be an administrator)")
        ),
    )


def _pictures(say: Say) -> tuple[Choice, ...]:
    """What pictures are judged by, where the optional extra is installed."""
    return (
        _yes_or_no(say, "reads_pictures", say("Words in pictures are judged"), configured.PICTURES),
        _yes_or_no(say, "knows_pictures", say("Pictures like one called spam here are flagged"), configured.PICTURES),
    )


def _reports(say: Say) -> tuple[Choice, ...]:
    """What members' reports and floods lead to."""
    hiding = {"0": say("none, however many"), "2": say("2 reports"), "3": say("3 reports"), "5": say("5 reports")}
    return (
        Choice("reports_hide", say("Reports that hide a message until a moderator decides"), hiding),
        Choice(
            "informs_reporters",
            say("Reporters are told what came of it"),
            {"no": say("no"), "yes": say("yes, in private")},
        ),
        _yes_or_no(say, "floods", say("A flood of newcomers' messages is one notice")),
    )


def _notices(say: Say) -> tuple[Choice, ...]:
    """When notices come, and when they go."""
    return (
        Choice("quiet_night", say("Notices wait for the morning"), _nights(say)),
        Choice(
            "time_zone",
            say("Time zone"),
            time_zones.offered(say, now()),
            outdated=tuple(time_zones.outdated(now()).items()),
        ),
        _yes_or_no(say, "notices_vanish", say("Decided notices in the group are deleted")),
    )


def _outbound(say: Say) -> tuple[Choice, ...]:
    """What leaves hamlet, where the operator has named an address for it."""
    asks = say("Another model is asked about doubtful flags, and sent their text")
    informs = say("The operator's webhook is informed of decisions and pauses, without any text")
    return (
        _yes_or_no(say, "asks_second_opinion", asks, configured.SECOND_OPINION),
        _yes_or_no(say, "informs_webhook", informs, configured.WEBHOOK),
    )


def _nights(say: Say) -> dict[str, str]:
    between = say("from {begin} to {end}")
    return {
        word: between.format(begin=f"{hours[0]}:00", end=f"{hours[1]}:00") if hours is not None else say("no")
        for word, hours in NIGHTS.items()
    }
