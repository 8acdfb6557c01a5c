"""Telegram's memberships to our values: who joined a group, what the bot is there, who moderates it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from telegram import ChatMember, ChatMemberAdministrator, ChatMemberRestricted, ChatMemberUpdated, Message, Update, User

from bot.adapter import GROUPS
from storage.moderation.joining import Newcomer


@dataclass(frozen=True)
class Joined:
    """Who came into a group; nobody, if something else about a membership changed."""

    chat_external_id: int
    chat_title: str
    people: tuple[Newcomer, ...]
    at: datetime
    service_message_id: int | None = None  # of Telegram's message about it, where that is what tells it

    @property
    def user_ids(self) -> tuple[int, ...]:
        return tuple(one.user_id for one in self.people)


@dataclass(frozen=True)
class Role:
    """What the bot itself is in a group from now on."""

    chat_external_id: int
    chat_title: str
    is_administrator: bool


def joined(update: Update) -> Joined | None:
    """Who joined a group, as Telegram tells administrators or a service message says; None for other updates.

    A service message about bots alone, such as this one, does not show that the bot sees people join.
    """
    changed, message = update.chat_member, update.message
    if changed is not None and changed.chat.type in GROUPS:
        has_come = _is_in(changed.new_chat_member) and not _is_in(changed.old_chat_member)
        user = changed.new_chat_member.user
        newcomers = (_newcomer(user),) if has_come and not user.is_bot else ()
        return Joined(changed.chat.id, changed.chat.title or "", newcomers, changed.date)
    if message is None or message.chat.type not in GROUPS:
        return None
    people = tuple(_newcomer(user) for user in message.new_chat_members if not user.is_bot)
    if not people:
        return None
    return Joined(message.chat.id, message.chat.title or "", people, message.date, message.message_id)


def _newcomer(user: User) -> Newcomer:
    return Newcomer(user.id, user.full_name, user.username or "")


def came_or_left(update: Update, bot_id: int) -> Message | None:
    """A group's service message about others than this bot who joined or left; None for other updates."""
    message = update.message
    if message is None or message.chat.type not in GROUPS:
        return None
    people = [*message.new_chat_members, *([message.left_chat_member] if message.left_chat_member else [])]
    return message if any(user.id != bot_id for user in people) else None


def _is_in(member: ChatMember) -> bool:
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status not in (ChatMember.LEFT, ChatMember.BANNED)


def own_role(update: Update) -> Role | None:
    """What the bot is in a group from now on, or None where the update is about something else."""
    changed = update.my_chat_member
    if changed is None or changed.chat.type not in GROUPS:
        return None
    is_administrator = isinstance(changed.new_chat_member, ChatMemberAdministrator)
    return Role(changed.chat.id, changed.chat.title or "", is_administrator)


def is_moderator(member: ChatMember) -> bool:
    """Whether this membership moderates its group: its creator, or an administrator who may delete or restrict."""
    if member.status == ChatMember.OWNER:
        return True
    if not isinstance(member, ChatMemberAdministrator):
        return False
    return bool(member.can_delete_messages or member.can_restrict_members)


def demoted(changed: ChatMemberUpdated) -> int | None:
    """The person who moderated the group until this change, or None."""
    is_over = is_moderator(changed.old_chat_member) and not is_moderator(changed.new_chat_member)
    return changed.new_chat_member.user.id if is_over else None


def may_delete_and_restrict(member: ChatMember) -> tuple[bool, bool]:
    """Whether this membership, the bot's own, may delete messages, and whether it may restrict members."""
    if not isinstance(member, ChatMemberAdministrator):
        return False, False
    return bool(member.can_delete_messages), bool(member.can_restrict_members)


def is_or_was_sanctioned(changed: ChatMemberUpdated) -> bool:
    """Whether the member is, or was until this change, banned or restricted."""
    statuses = {changed.old_chat_member.status, changed.new_chat_member.status}
    return bool(statuses & {ChatMember.BANNED, ChatMember.RESTRICTED})
