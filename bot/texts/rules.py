"""What is said about a group's own rules."""

from __future__ import annotations

from collections.abc import Sequence

from bot.texts.say import Say
from storage.models import Chat, Rule, RuleEffect

LONGEST = 60  # characters of a pattern in a list


def rules(say: Say, chat: Chat, newest: Sequence[Rule], count: int, site: str) -> str:
    """The rules, the newest first, and how they are changed."""
    effects = {RuleEffect.FLAG: say("always flagged"), RuleEffect.ALLOW: say("never flagged")}
    lines = [f"{rule.id}. {_short(rule.pattern)}: {effects[rule.effect]}" for rule in newest]
    if count > len(newest):
        lines.append(say("… and {n} more").format(n=count - len(newest)))
    how = say(
        "/flag WORDS always flags them, /allow WORDS never; WORDS may also be a domain, a link, a @name or a regular "
        "expression between slashes. /unrule NUMBER removes a rule. {page} takes whole lists and tries a rule first."
    ).format(page=f"{site}/chats/{chat.id}/rules")
    heading = say("Rules of {chat}").format(chat=chat.title)
    return "\n".join([heading, *(lines or [say("There is none yet.")]), "", how])


def rule_added(say: Say, chat: Chat, effect: RuleEffect, pattern: str) -> str:
    sentences = {
        RuleEffect.FLAG: say("{chat}: from now on “{pattern}” is always flagged."),
        RuleEffect.ALLOW: say("{chat}: from now on “{pattern}” is never flagged."),
    }
    return sentences[effect].format(chat=chat.title, pattern=_short(pattern))


def rule_removed(say: Say, chat: Chat, pattern: str) -> str:
    return say("{chat}: the rule “{pattern}” is removed.").format(chat=chat.title, pattern=_short(pattern))


def rule_refused(say: Say, reason: str) -> str:
    return say("That cannot be a rule: {reason}.").format(reason=reason)


def no_such_rule(say: Say, chat: Chat) -> str:
    return say("{chat} has no rule of that number; /rules lists them.").format(chat=chat.title)


def _short(pattern: str) -> str:
    return pattern if len(pattern) <= LONGEST else pattern[: LONGEST - 1] + "…"
