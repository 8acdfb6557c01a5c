"""Who moderates a group: asked of Telegram each time, for rights may have changed since."""

from __future__ import annotations

import time
from dataclasses import dataclass

import structlog
from telegram import Bot, Message, User
from telegram.error import BadRequest, Forbidden, TelegramError

from bot import translate

ANONYMOUS = "anonymous administrator"
KNOWN_SECONDS = 300.0  # Telegram tells of changes; this is for those it did not tell

log = structlog.get_logger()


@dataclass(frozen=True)
class Actor:
    """Somebody who moderates, as corrections and orders name them."""

    actor: str
    name: str
    user_id: int | None

    @classmethod
    def of(cls, user: User) -> Actor:
        return cls(f"telegram:{user.id}", user.full_name, user.id)


class Administrators:
    """Whose messages need no judging: each group's moderators, asked of Telegram once in a while and when they change."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[float, frozenset[int]]] = {}

    async def include(self, bot: Bot, chat_id: int, user_id: int) -> bool:
        """Whether that person moderated the group when Telegram was last asked; where it cannot be asked, as before."""
        asked_at, members = self._known.get(chat_id, (-KNOWN_SECONDS, frozenset()))
        if time.monotonic() - asked_at >= KNOWN_SECONDS:
            try:
                found = await bot.get_chat_administrators(chat_id)
            except TelegramError as error:
                log.warning("administrators could not be asked for", reason=f"{type(error).__name__}: {error}")
            else:
                members = frozenset(member.user.id for member in found if translate.is_moderator(member))
            self._known[chat_id] = time.monotonic(), members
        return user_id in members

    def forget(self, chat_id: int) -> None:
        """Somebody's role changed there."""
        self._known.pop(chat_id, None)


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
