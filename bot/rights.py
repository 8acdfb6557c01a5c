"""Who moderates a group: asked of Telegram each time, for rights may have changed since."""

from __future__ import annotations

from dataclasses import dataclass

from telegram import Bot, Message, User
from telegram.error import BadRequest, Forbidden

from bot import translate

ANONYMOUS = "anonymous administrator"


@dataclass(frozen=True)
class Actor:
    """Somebody who moderates, as corrections and orders name them."""

    actor: str
    name: str
    user_id: int | None

    @classmethod
    def of(cls, user: User) -> Actor:
        return cls(f"telegram:{user.id}", user.full_name, user.id)


async def moderates(bot: Bot, chat_id: int, user_id: int) -> bool:
    """Whether this person moderates that group now."""
    try:
        member = await bot.get_chat_member(chat_id, user_id)
    except (BadRequest, Forbidden):  # Telegram does not know this person there, or the bot is no longer there
        return False
    return translate.is_moderator(member)


async def moderator(bot: Bot, message: Message, chat_id: int | None = None) -> Actor | None:
    """The moderator of `chat_id` (the message's own chat if left out) who wrote the message, or None.

    An administrator who stays anonymous writes in the group's own name, so nobody else can.
    """
    group = message.chat.id if chat_id is None else chat_id
    if message.sender_chat is not None:
        is_anonymous = message.sender_chat.id == message.chat.id == group
        return Actor(f"telegram:{message.chat.id}", ANONYMOUS, None) if is_anonymous else None
    if message.from_user is None or not await moderates(bot, group, message.from_user.id):
        return None
    return Actor.of(message.from_user)
