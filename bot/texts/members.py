"""What is said to members: of the bot, of their reports, of what is stored about them."""

from __future__ import annotations

from bot.texts.say import Say
from storage import names
from storage.models import ActionKind
from storage.moderation.reports import Outcome
from storage.moderation.warnings import CountedWarning
from storage.privacy.members import About


def start(say: Say) -> str:
    return say(
        "I flag spam in groups. Add me to a group, make me an administrator who may delete messages and ban members, "
        "turn my privacy mode off at @BotFather (/setprivacy), and send /start there: I will say what is missing."
    )


def reported(say: Say, outcome: Outcome) -> str:
    return {
        Outcome.NO_STANDING: say("Only members who have written here for a while can report."),
        Outcome.BARRED: say(
            "Moderators decided that your last reports here were not spam, so you cannot report here for seven days."
        ),
        Outcome.TOO_MANY: say("You have sent enough reports for this hour."),
        Outcome.COUNTED: say("Thank you, noted."),
        Outcome.SHOWN: say("Thank you, the moderators can see it now."),
    }[outcome]


def cannot_be_reported(say: Say) -> str:
    return say("Only members' messages can be reported: reply to one of them.")


def warned(say: Say, name: str, warning: CountedWarning | None = None) -> str:
    """Posted where all can read, so a name that advertises is left out; where the chat counts warnings, with the count."""
    text = say("{name}, a moderator removed your message: it is not welcome here.").format(name=name)
    if names.says_more(name):
        text = say("A moderator removed a message: it is not welcome here.")
    return text if warning is None else f"{text} {_counted(say, warning)}"


def _counted(say: Say, warning: CountedWarning) -> str:
    """Which warning it is, and what follows from it."""
    sentence = say("This is warning {number} of {last}.")
    if warning.step is not None:
        sentence = say("This is warning {number} of {last}: its author is muted for a day.")
        if warning.step.kind == ActionKind.BAN:
            sentence = say("This is warning {number} of {last}: its author is banned.")
    return sentence.format(number=warning.number, last=warning.last)


def my_data(
    say: Say,
    by_chat: list[About],
    n_reports: int,
    n_joins: int,
    n_trusting: int,
    n_listings: int = 0,
    n_reactors: int = 0,
) -> str:
    if not (by_chat or n_reports or n_joins or n_trusting or n_listings or n_reactors):
        return say("Nothing is stored about you.")
    lines = [
        say("{chat}: {messages} of your messages, {spam} of them flagged").format(
            chat=about.chat_title, messages=about.messages, spam=about.spam
        )
        for about in by_chat
    ]
    if nameless := sum(about.nameless for about in by_chat):
        sentence = say(
            "For {n} of them I keep only the author's number, no text: moderators may still decide, or undo a decision."
        )
        lines.append(sentence.format(n=nameless))
    lines.append(say("Reports you made: {n}").format(n=n_reports))
    lines.append(say("Groups I saw you join: {n}").format(n=n_joins))
    if n_trusting:
        lines.append(say("Groups whose moderators trust you: {n}").format(n=n_trusting))
    if n_reactors:
        lines.append(say("Groups where your reactions were counted: {n}").format(n=n_reactors))
    if n_listings:
        lines.append(say("A list of spammers was asked about your account; the answer is kept for a month."))
    return "\n".join([*lines, say("/forget erases the texts and your name.")])


def forget_how(say: Say) -> str:
    return say("/forget yes erases your texts and your name for good. Your standing in the groups starts over.")


def forgotten(say: Say, count: int) -> str:
    return say("Done: {n} texts erased. The next model version will not have learned from them.").format(n=count)


def appealed(say: Say, is_new: bool | None) -> str:
    """`is_new` is None where the person is banned nowhere, and False at a second appeal."""
    if is_new is None:
        return say("I have not banned you anywhere.")
    if not is_new:
        return say("You have already appealed; the moderators have seen it.")
    return say("The moderators will see your case again.")


def login_link(say: Say, link: str) -> str:
    return say("The review site (the link works once, for 15 minutes): {link}").format(link=link)


def nothing_to_review(say: Say) -> str:
    return say("You do not moderate any group I know. Send /start in a group so that I know it.")
