"""What is said of commands about one member: trust, bans and mutes of a length, and their lifting."""

from __future__ import annotations

from datetime import timedelta
from gettext import NullTranslations

from bot.durations import Wrong
from bot.order_words import Word
from bot.texts.orders import more_words
from bot.texts.say import Say
from storage import names
from storage.access.people import Member
from storage.models import OrderKind
from storage.rules import Term


def who(member: Member) -> str:
    """The member as all can read it: a name that advertises is left out."""
    number = str(member.user_id)
    return number if not member.name or names.says_more(member.name) else f"{member.name} ({number})"


def trusted(say: Say, member: Member, is_new: bool) -> str:
    if not is_new:
        return say("{who} is trusted here already.").format(who=who(member))
    return say("{who} is trusted here from now on: I do nothing by myself about what they write.").format(
        who=who(member)
    )


def untrusted(say: Say, member: Member, was_trusted: bool) -> str:
    if not was_trusted:
        return say("{who} was not trusted here.").format(who=who(member))
    return say("{who} is trusted here no longer.").format(who=who(member))


def lifting(say: Say, member: Member, count: int) -> str:
    """`count` is how many sanctions are lifted."""
    if count:
        return say("Noted: I am lifting what I imposed on {who}.").format(who=who(member))
    return say(
        "There is no ban or mute of mine on {who} here; what was done by hand in Telegram is lifted there."
    ).format(who=who(member))


def sanctioning(catalogue: NullTranslations, member: Member, kind: OrderKind, term: Term) -> str:
    """What was asked for; whether Telegram allows it shows later."""
    say, is_mute = catalogue.gettext, kind == OrderKind.MUTE
    if term.lasts is None:
        sentence = say("Noted: {who} is muted for good.") if is_mute else say("Noted: {who} is banned for good.")
        return sentence.format(who=who(member))
    sentence = say("Noted: {who} is muted for {length}.") if is_mute else say("Noted: {who} is banned for {length}.")
    return sentence.format(who=who(member), length=length(catalogue, term.lasts))


def length(catalogue: NullTranslations, lasts: timedelta) -> str:
    """The length in its largest whole unit, up to days."""
    minutes = int(lasts.total_seconds()) // 60
    if minutes % (24 * 60) == 0:
        n = minutes // (24 * 60)
        return catalogue.ngettext("{n} day", "{n} days", n).format(n=n)
    if minutes % 60 == 0:
        n = minutes // 60
        return catalogue.ngettext("{n} hour", "{n} hours", n).format(n=n)
    return catalogue.ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)


def unsuitable_length(say: Say, word: Word) -> str:
    """Why what stands behind /ban or /mute is no length."""
    if word.unsuitable is None or word.order is None:
        return more_words(say)
    reasons = {
        Wrong.UNIT: say("write a number and m, h, d or w, as in 30m or 7d"),
        Wrong.TOO_SHORT: say("at least 1 minute"),
        Wrong.TOO_LONG: say("at most 366 days: Telegram keeps no longer end"),
    }
    return f"/{word.order} {word.unsuitable.typed}: {reasons[word.unsuitable.wrong]}."


def never_seen(say: Say, address: str) -> str:
    return say("I have not seen {address} here; reply to a message or give the id.").format(address=address)


def is_administrator(say: Say, member: Member) -> str:
    return say("{who} is an administrator; I act on members only.").format(who=who(member))


def name_a_member(say: Say, command: str) -> str:
    return say("I did nothing: reply to a message with /{command}, or send /{command} with an id or a @name.").format(
        command=command
    )


def only_people(say: Say) -> str:
    return say("That is a channel; only people can be trusted.")
