"""What is said of orders that cannot be carried out."""

from __future__ import annotations

from bot.reply_targets import NoTarget
from bot.texts.say import Say


def pardoned(say: Say, count: int) -> str:
    """`count` is how many sanctions are lifted."""
    return say("Noted: I am lifting it.") if count else say("There is nothing left to lift.")


def more_words(say: Say) -> str:
    return no_target(say, NoTarget.MORE_WORDS)


def no_target(say: Say, reason: NoTarget) -> str:
    """Why an order is not carried out."""
    return {
        NoTarget.NO_REPLY: say("Reply to the message that you mean."),
        NoTarget.SERVICE: say("That message has no author I could act on."),
        NoTarget.OWN: say("I wrote that myself; reply to the member's message, or to a notice that shows it."),
        NoTarget.ADMINISTRATOR: say("An administrator wrote that; I act on members only."),
        NoTarget.MORE_WORDS: say(
            "I did nothing: send /spam, /warn or /ham with no other words after it, /ban or /mute with a length or a member at most."
        ),
        NoTarget.CHANNEL: say("That is this group's own channel; I act on members only."),
    }[reason]
