"""Whom and what a reply is about: a member's message, what a notice shows, people who came or left, or nobody to act on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from telegram import Message
from telegram.constants import ChatID

from bot import adapter, visible
from bot.context import Context
from storage.models import Platform
from storage.moderation import posted_again
from storage.moderation.receiving import Incoming
from telegram_ui.buttons import CorrectionButton


class NoTarget(Enum):
    """Why there is nobody whom an order in this reply could be about."""

    NO_REPLY = auto()
    SERVICE = auto()
    OWN = auto()
    ADMINISTRATOR = auto()
    CHANNEL = auto()
    MORE_WORDS = auto()


@dataclass(frozen=True)
class Target:
    """One of three: a member's message, the verdict that a notice shows, or the people of a service message with its id."""

    message: Incoming | None = None
    verdict_id: int | None = None
    user_ids: tuple[int, ...] = ()
    service_message_id: int = 0


async def target_of(context: Context, message: Message) -> Target | NoTarget:
    """What this reply is about, as the group and its administrators are now."""
    original = message.reply_to_message
    if original is None:
        return NoTarget.NO_REPLY
    if adapter.is_by(original, context.bot.id):
        verdict_id = verdict_shown_by(original, context.bot.id)
        return await _let_in(context, message, original) if verdict_id is None else Target(verdict_id=verdict_id)
    if original.is_automatic_forward:
        return NoTarget.CHANNEL
    if user_ids := _who_came_or_left(original):
        members = [user_id for user_id in user_ids if not await _is_protected(context, message.chat.id, user_id)]
        if not members:
            return NoTarget.ADMINISTRATOR
        return Target(user_ids=tuple(members), service_message_id=original.message_id)
    if not visible.is_written(original):
        return NoTarget.SERVICE
    return await _written(context, message, original)


async def _let_in(context: Context, message: Message, own: Message) -> Target | NoTarget:
    """Whose words this bot posted again once a moderator had let them in."""
    row = await context.database.read(posted_again.original, message.chat.id, own.message_id)
    if row is None:
        return NoTarget.OWN
    if row.author_id is not None and await context.administrators.speak(context.bot, message.chat.id, row.author_id):
        return NoTarget.ADMINISTRATOR
    incoming = Incoming(
        platform=Platform.TELEGRAM,
        chat_external_id=message.chat.id,
        chat_title=message.chat.title or "",
        message_id=row.message_id,
        author_id=row.author_id,
        author_name=row.author_name,
        text=row.text,
        sent_at=row.sent_at,
        thread_id=row.thread_id,
    )
    return Target(message=incoming)


async def _written(context: Context, message: Message, original: Message) -> Target | NoTarget:
    answered, channel = adapter.answered(message), original.sender_chat
    if channel is not None and channel.id != message.chat.id:
        if channel.id == await context.administrators.linked_channel(context.bot, message.chat.id):
            return NoTarget.CHANNEL
    elif original.from_user is None or await _is_protected(context, message.chat.id, original.from_user.id):
        return NoTarget.ADMINISTRATOR
    return NoTarget.SERVICE if answered is None else Target(message=answered)


async def _is_protected(context: Context, group: int, user_id: int) -> bool:
    if user_id in (context.bot.id, ChatID.ANONYMOUS_ADMIN):
        return True
    return await context.administrators.include(context.bot, group, user_id)


def verdict_shown_by(message: Message | None, bot_id: int) -> int | None:
    """The verdict that a notice of this bot shows, read off its buttons; None where the message is no notice."""
    if message is None or message.reply_markup is None or not adapter.is_by(message, bot_id):
        return None
    all_data = (button.callback_data for row in message.reply_markup.inline_keyboard for button in row)
    buttons = (CorrectionButton.parse(data) for data in all_data if isinstance(data, str))
    return next((button.verdict_id for button in buttons if button is not None), None)


def _who_came_or_left(message: Message) -> tuple[int, ...]:
    if message.left_chat_member is not None:
        return (message.left_chat_member.id,)
    return tuple(user.id for user in message.new_chat_members)
