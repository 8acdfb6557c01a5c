"""The answers to /help: every command on one screen."""

from __future__ import annotations

from bot.texts.command_list import Described, by_reply, for_members, for_moderators, in_private
from bot.texts.say import Say


def help_in_private(say: Say) -> str:
    return "\n".join(
        [
            say("I flag spam in groups. Here you can send:"),
            *_lines(in_private(say)),
            "",
            say("In a group:"),
            *_lines(for_members(say)),
            "",
            say("Moderators get their commands by sending /help in the group."),
        ]
    )


def help_for_members(say: Say) -> str:
    return say(
        "I flag spam here. Reply /report to a message that may be spam. In private I answer /mydata, /forget and, if you "
        "are banned, /appeal."
    )


def help_for_moderators(say: Say) -> str:
    return "\n".join(
        [
            say(
                "In reply to a message (all but /why also without the slash; the moderators' chat takes replies to notices):"
            ),
            *_lines(by_reply(say)),
            "",
            say("In the group or in its moderators' chat:"),
            *_lines(for_moderators(say)),
            "",
            say("Members reply /report. In private I answer moderators with /review, a link to the review site."),
        ]
    )


def _lines(commands: Described) -> list[str]:
    return [f"/{name}: {does}" for name, does in commands.items()]
