"""Who moderates a group. Telegram is asked each time, for rights may have changed."""

from __future__ import annotations

import time
from dataclasses import dataclass

import structlog
from telegram import Bot, ChatMember, Message, User
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot import memberships
from storage.moderation.verdicts import JudgedMessage
from telegram_ui.refusals import NOT_A_MEMBER

ANONYMOUS = "anonymous administrator"
CACHED_SECONDS = 300.0  # Telegram reports changes; this is for those it did not report

log = structlog.get_logger()


@dataclass(frozen=True)
class Actor:
    """A moderator, as corrections and orders name them."""

    actor: str
    name: str
    user_id: int | None

    @classmethod
    def of(cls, user: User) -> Actor:
        """A person who writes in their own name."""
        return cls(f"telegram:{user.id}", user.full_name, user.id)


class Administrators:
    """Who speaks for a group, so that they are neither judged nor acted on: its administrators and its linked channel.

    Telegram is asked every CACHED_SECONDS, and when an administrator changes. Where it does not answer, its last answer
    holds; without one its error is raised, so that the update is handled again later: nobody is taken for a mere member
    because Telegram was away.
    """

    def __init__(self) -> None:
        self._members: dict[int, tuple[float, frozenset[int] | None]] = {}
        self._channels: dict[int, tuple[float, int | None]] = {}

    async def of(self, bot: Bot, chat_id: int) -> frozenset[int]:
        """The ids of the group's administrators, as Telegram last said. Raises TelegramError where it never did."""
        asked_at, members = self._members.get(chat_id, (-CACHED_SECONDS, None))
        if members is None or time.monotonic() - asked_at >= CACHED_SECONDS:
            try:
                administrators = await bot.get_chat_administrators(chat_id)
            except TelegramError as error:
                log.warning("administrators could not be asked for", reason=f"{type(error).__name__}: {error}")
                if members is None:
                    raise
            else:
                members = frozenset(member.user.id for member in administrators)
            self._members[chat_id] = time.monotonic(), members
        return members

    async def include(self, bot: Bot, chat_id: int, user_id: int) -> bool:
        """Whether this person is an administrator; they are looked up alone where Telegram lists none. Raises TelegramError."""
        try:
            return user_id in await self.of(bot, chat_id)
        except RetryAfter:
            raise
        except TelegramError:
            return await _is_administrator(bot, chat_id, user_id)

    async def linked_channel(self, bot: Bot, chat_id: int) -> int | None:
        """The channel whose discussion group this is, as Telegram last said. Raises TelegramError where it never did."""
        asked_at, channel = self._channels.get(chat_id, (-CACHED_SECONDS, None))
        if time.monotonic() - asked_at >= CACHED_SECONDS:
            try:
                channel = (await bot.get_chat(chat_id)).linked_chat_id
            except TelegramError as error:
                log.warning("the linked channel could not be asked for", reason=f"{type(error).__name__}: {error}")
                if chat_id not in self._channels:
                    raise
            self._channels[chat_id] = time.monotonic(), channel
        return channel

    async def speak(self, bot: Bot, chat_id: int, author_id: int | None) -> bool:
        """Whether this author, a person or (below 0) a channel, speaks for the group; the bot does. Raises TelegramError."""
        if author_id is None or author_id == bot.id:
            return author_id is not None
        if author_id < 0:
            return author_id == chat_id or author_id == await self.linked_channel(bot, chat_id)
        return await self.include(bot, chat_id, author_id)

    async def wrote(self, bot: Bot, judged: JudgedMessage) -> bool:
        """Whether the author of this judged message speaks for its group now. Raises TelegramError."""
        return await self.speak(bot, judged.chat_external_id, judged.author_id)

    def forget(self, chat_id: int) -> None:
        """Ask Telegram anew next time: somebody's role changed there."""
        self._members.pop(chat_id, None)


async def _is_administrator(bot: Bot, chat_id: int, user_id: int) -> bool:
    """Whether this person is an administrator, with whatever rights. Raises TelegramError."""
    try:
        member = await bot.get_chat_member(chat_id, user_id)
    except BadRequest as error:
        if not error.message.lower().endswith(NOT_A_MEMBER):
            raise
        return False
    return member.status in (ChatMember.OWNER, ChatMember.ADMINISTRATOR)


async def moderates(bot: Bot, chat_id: int, user_id: int) -> bool:
    """Whether this person moderates that group now."""
    try:
        member = await bot.get_chat_member(chat_id, user_id)
    except (BadRequest, Forbidden):  # Telegram does not know this person there, or the bot is no longer there
        return False
    return memberships.is_moderator(member)


async def _linked_channel(bot: Bot, chat_id: int) -> int | None:
    try:
        return (await bot.get_chat(chat_id)).linked_chat_id
    except (BadRequest, Forbidden):
        return None


async def moderator(bot: Bot, message: Message, chat_id: int | None = None) -> Actor | None:
    """The moderator of `chat_id` (the message's own chat if left out) who wrote the message, or None.

    Only anonymous administrators can write in the group's own name, and only its administrators in the name of the linked
    channel. What Telegram forwards from that channel by itself is a post, which orders nothing.
    """
    group = message.chat.id if chat_id is None else chat_id
    speaker = message.sender_chat
    if speaker is not None:
        if message.is_automatic_forward or message.chat.id != group:
            return None
        if speaker.id == group:
            return Actor(f"telegram:{group}", ANONYMOUS, None)
        is_linked = speaker.id == await _linked_channel(bot, group)
        return Actor(f"telegram:{speaker.id}", speaker.title or ANONYMOUS, None) if is_linked else None
    if message.from_user is None or not await moderates(bot, group, message.from_user.id):
        return None
    return Actor.of(message.from_user)


async def moderator_here(bot: Bot, message: Message) -> Actor | None:
    """Whoever wrote the message, if they moderate the very chat it is in; else None.

    It may be a moderators' chat, in which the bot is no administrator. There Telegram tells it of single members only
    where it likes; the list of administrators it tells in any case.
    """
    if message.sender_chat is not None:
        return await moderator(bot, message)
    try:
        administrators = await bot.get_chat_administrators(message.chat.id)
    except (BadRequest, Forbidden):
        return None
    user, moderators = message.from_user, [one.user.id for one in administrators if memberships.is_moderator(one)]
    return Actor.of(user) if user is not None and user.id in moderators else None
