"""Whom and what a reply means: the words of a member, what a notice shows, people who came or left, or nobody to act on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from telegram import Message
from telegram.constants import ChatID
from telegram.ext import ContextTypes

from bot import translate, visible
from bot.rights import Administrators
from jobs.buttons import CorrectionButton
from storage.queries.inbox import Incoming

Context = ContextTypes.DEFAULT_TYPE


class Nobody(Enum):
    """Why nobody can be ordered about by such a reply."""

    NO_REPLY = auto()
    SERVICE = auto()
    OWN = auto()
    ADMINISTRATOR = auto()
    CHANNEL = auto()
    MORE_WORDS = auto()


@dataclass(frozen=True)
class Meant:
    """One of: a member's message, the verdict that a notice shows, people of a service message (its number beside them)."""

    message: Incoming | None = None
    verdict_id: int | None = None
    people: tuple[int, ...] = ()
    number: int = 0


async def by_reply(context: Context, message: Message) -> Meant | Nobody:
    """What this reply means, as the group and its administrators are now."""
    original = message.reply_to_message
    if original is None:
        return Nobody.NO_REPLY
    if translate.is_by(original, context.bot.id):
        verdict_id = shown(original, context.bot.id)
        return Nobody.OWN if verdict_id is None else Meant(verdict_id=verdict_id)
    if original.is_automatic_forward:
        return Nobody.CHANNEL
    if people := _who_came_or_left(original):
        members = [who for who in people if not await _is_protected(context, message.chat.id, who)]
        return Meant(people=tuple(members), number=original.message_id) if members else Nobody.ADMINISTRATOR
    if is_service(original):
        return Nobody.SERVICE
    return await _written(context, message, original)


async def _written(context: Context, message: Message, original: Message) -> Meant | Nobody:
    answered, channel = translate.answered(message), original.sender_chat
    if channel is not None and channel.id != message.chat.id:
        administrators: Administrators = context.application.bot_data["administrators"]
        if channel.id == await administrators.linked_channel(context.bot, message.chat.id):
            return Nobody.CHANNEL
    elif original.from_user is None or await _is_protected(context, message.chat.id, original.from_user.id):
        return Nobody.ADMINISTRATOR
    return Nobody.SERVICE if answered is None else Meant(message=answered)


async def _is_protected(context: Context, group: int, user_id: int) -> bool:
    administrators: Administrators = context.application.bot_data["administrators"]
    if user_id in (context.bot.id, ChatID.ANONYMOUS_ADMIN):
        return True
    return await administrators.include(context.bot, group, user_id)


def shown(message: Message | None, bot_id: int) -> int | None:
    """The verdict that a notice of this bot's shows, told by its buttons; None where the message is no notice."""
    if message is None or message.reply_markup is None or not translate.is_by(message, bot_id):
        return None
    pressed = (button.callback_data for row in message.reply_markup.inline_keyboard for button in row)
    found = (CorrectionButton.parse(data) for data in pressed if isinstance(data, str))
    return next((button.verdict_id for button in found if button is not None), None)


def is_service(message: Message) -> bool:
    """Whether Telegram wrote it to tell of something: a topic, a title, a call, a pinned message; not somebody's words."""
    return not visible.is_written(message)


def _who_came_or_left(message: Message) -> tuple[int, ...]:
    if message.left_chat_member is not None:
        return (message.left_chat_member.id,)
    return tuple(user.id for user in message.new_chat_members)
