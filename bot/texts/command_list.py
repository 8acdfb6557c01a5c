"""Every command with what it does: the tables of /help and of the menus that Telegram shows. A new command gets its line here."""

from __future__ import annotations

from bot.texts.say import Say

Described = dict[str, str]  # by the command's name, in the order in which people read them


def in_private(say: Say) -> Described:
    return {
        "start": say("what this bot is"),
        "help": say("what you can do"),
        "review": say("for moderators: a link to the review site"),
        "appeal": say("if you are banned: write why you should not be"),
        "mydata": say("what is stored about you"),
        "forget": say("erase your texts and your name"),
    }


def for_members(say: Say) -> Described:
    return {
        "report": say("in reply to a message: it may be spam"),
        "help": say("what you can do"),
    }


def by_reply(say: Say) -> Described:
    """What moderators write in reply to a message; only "why" needs its slash."""
    return {
        "spam": say("delete it, ban its author, learn from it"),
        "ban": say("delete it and ban its author; nothing is learned"),
        "mute": say("its author may not write; /mute 2h for a while"),
        "warn": say("delete it and say so in the group"),
        "ham": say("not spam: undo everything, learn from it"),
        "why": say("why it was flagged, or was not"),
    }


def for_moderators(say: Say) -> Described:
    return {
        "settings": say("mode, strictness, language and more"),
        "status": say("the last days in figures"),
        "pause": say("nothing is done automatically any more"),
        "resume": say("act again"),
        "trust": say("with an id or @name, or in reply: nothing is done about them automatically"),
        "untrust": say("the end of that"),
        "unban": say("with an id or @name, or in reply: lift bans and mutes"),
        "rules": say("the group's own rules"),
        "flag": say("with words or an address: always flag them"),
        "allow": say("with words or an address: never flag them"),
        "unrule": say("with a number: remove that rule"),
        "retrain": say("learn from the new decisions now"),
        "link": say("with a code from /start: make this the moderators' chat"),
        "unlink": say("this is no moderators' chat any more, or this group has none"),
        "start": say("what this group has and what is missing"),
        "help": say("all commands"),
    }
