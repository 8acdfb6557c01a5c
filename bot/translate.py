"""Telegram's updates to our values. Pure; every quirk of Telegram's lives here."""

from __future__ import annotations

from telegram import ChatMember, ChatMemberAdministrator, Message, Update
from telegram.constants import ChatType

from storage.models import Platform
from storage.queries.inbox import Incoming

LONGEST_NAME = 64  # characters of a person's name that a notice repeats


def incoming(update: Update) -> Incoming | None:
    """The group message or edit in the update, or None where there is nothing that a member wrote.

    Left out: private chats, service messages, the linked channel's automatic forwards, anonymous administrators.
    """
    message = update.message or update.edited_message
    if message is None or message.chat.type not in (ChatType.GROUP, ChatType.SUPERGROUP) or not _is_written(message):
        return None
    author = message.sender_chat or message.from_user
    return Incoming(
        platform=Platform.TELEGRAM,
        chat_external_id=message.chat.id,
        chat_title=message.chat.title or str(message.chat.id),
        message_id=message.message_id,
        author_id=author.id if author else None,
        author_name=_name(message),
        text=authored_text(message),
        sent_at=message.date,
        edited_at=message.edit_date if update.edited_message else None,
    )


def authored_text(message: Message) -> str:
    """What the author wrote: text or caption. A quote is somebody else's and stays out."""
    return message.text or message.caption or ""


def _is_written(message: Message) -> bool:
    """Whether a member wrote it, rather than Telegram, the linked channel or an anonymous administrator."""
    is_anonymous_admin = message.sender_chat is not None and message.sender_chat.id == message.chat.id
    if message.is_automatic_forward or is_anonymous_admin:
        return False
    return bool(authored_text(message)) or message.effective_attachment is not None


def _name(message: Message) -> str:
    if message.sender_chat is not None:
        return (message.sender_chat.title or "a channel")[:LONGEST_NAME]
    return message.from_user.full_name[:LONGEST_NAME] if message.from_user else ""


def is_moderator(member: ChatMember) -> bool:
    """Whether this membership moderates its group: its creator, or an administrator who may delete or restrict."""
    if member.status == ChatMember.OWNER:
        return True
    if not isinstance(member, ChatMemberAdministrator):
        return False
    return bool(member.can_delete_messages or member.can_restrict_members)
