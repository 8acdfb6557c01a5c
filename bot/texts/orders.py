"""What is said of orders that cannot be carried out."""

from __future__ import annotations

from bot.meant import Nobody
from bot.texts.say import Say


def pardoned(say: Say, count: int) -> str:
    return say("Noted: I lift it.") if count else say("Nothing of that stands any more.")


def more_words(say: Say) -> str:
    return nobody_meant(say, Nobody.MORE_WORDS)


def nobody_meant(say: Say, why_not: Nobody) -> str:
    return {
        Nobody.NO_REPLY: say("Reply to the message that you mean."),
        Nobody.SERVICE: say("Nobody wrote that message in a way that I can act on."),
        Nobody.OWN: say("I wrote that myself; reply to the member's message, or to a notice that shows it."),
        Nobody.ADMINISTRATOR: say("An administrator wrote that; I act on members only."),
        Nobody.MORE_WORDS: say(
            "I do nothing yet: I know /spam, /ban, /ban for good, /warn and /ham with no other words behind them."
        ),
        Nobody.CHANNEL: say("That is this group's own channel; I act on members only."),
    }[why_not]
