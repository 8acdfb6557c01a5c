"""Which groups a person moderates, asked of Telegram when they log in on the review site and every few minutes after that."""

from __future__ import annotations

import asyncio

import structlog
from telegram import Bot
from telegram.error import TelegramError

from bot import rights
from bot.database import Database
from storage.access import logins
from storage.errors import StorageError
from storage.models import Chat

MOST_CHATS = 200  # asked about for one link
AT_ONCE = 8  # questions to Telegram
LOOK_SECONDS = 300.0

log = structlog.get_logger()


async def watch(bot: Bot, database: Database) -> None:
    """Look every LOOK_SECONDS whether those who may decide on the site still moderate: Telegram does not always tell."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            await look(bot, database)
        except StorageError as error:
            log.warning("moderators could not be looked up", reason=f"{type(error).__name__}: {error}")


async def look(bot: Bot, database: Database) -> None:
    """Take from the logins of moderators the groups that they moderate no more. Raises DatabaseUnreachable.

    Whom Telegram says nothing about keeps the group until it answers, and holds up nobody else.
    """
    reasons: list[str] = []
    for user_id, group in await database.read(logins.moderators):
        try:
            is_moderated = await rights.moderates(bot, group, user_id)
        except TelegramError as error:
            reasons.append(f"{type(error).__name__}: {error}")
            continue
        if not is_moderated:
            await database.write(logins.moderates_no_more, group, user_id)
    if reasons:
        log.warning("moderators could not be looked up", unknown=len(reasons), reason=reasons[0])


async def moderated(bot: Bot, groups: list[Chat], user_id: int) -> list[int]:
    """The ids of those chats that this person moderates now."""
    at_once = asyncio.Semaphore(AT_ONCE)

    async def moderates(group: Chat) -> bool:
        async with at_once:
            return await rights.moderates(bot, group.external_id, user_id)

    answers = await asyncio.gather(*(moderates(group) for group in groups))
    return [group.id for group, is_moderated in zip(groups, answers, strict=True) if is_moderated]
