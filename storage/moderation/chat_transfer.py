"""Takes a chat's settings and rules out as a file, and into a chat from one."""

from __future__ import annotations

from sqlalchemy.orm import Session

from storage.access import chat_files, chats
from storage.access.chat_files import RuleLine
from storage.moderation.policies import rules
from storage.moderation.policies.rules import NewRule


def export_settings(session: Session, chat_id: int) -> str:
    """The text of a file with the chat's settings and rules. Raises UnknownChat."""
    lines = [
        RuleLine(kind=rule.kind, effect=rule.effect, pattern=rule.pattern, reason=rule.reason)
        for rule in rules.every(session, chat_id)
    ]
    return chat_files.written(chats.get(session, chat_id), lines)


def import_settings(session: Session, chat_id: int, text: str, by: str) -> int:
    """Give the chat what the file says, each by the function that the menu uses too; its other rules stay.

    Returns how many rules are new. Raises UnknownChat, NotSettings, UnsuitableSetting, UnsuitablePattern, TooManyRules
    and EnforceTooSoon; the caller's transaction then changes nothing.
    """
    file = chat_files.read(text)
    for what, value in {**file.settings, **file.columns}.items():
        chats.choose(session, chat_id, what, value, by)
    new = [NewRule(line.kind, line.effect, line.pattern, line.reason) for line in file.rules]
    return rules.add(session, chat_id, new, by) if new else 0
