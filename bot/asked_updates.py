"""Which updates Telegram is asked for: reactions only while a chat wants them watched, for in large groups they are many."""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError
from telegram import Update

from bot.database import Database
from storage.errors import StorageError
from storage.moderation import reactors

ALWAYS = (Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER, Update.CHAT_MEMBER)
LOOKED_AT_SECONDS = 60.0

log = structlog.get_logger()


async def watch(database: Database, asked: list[str]) -> None:
    """Every minute, add reactions to what is asked for, or take them out; each getUpdates reads this very list."""
    while True:
        await refresh(database, asked)
        await asyncio.sleep(LOOKED_AT_SECONDS)


async def refresh(database: Database, asked: list[str]) -> None:
    """Bring the list in step with what the chats have chosen; where the database is away, it stays as it is."""
    try:
        is_watched = await database.read(reactors.is_watched)
    except (StorageError, SQLAlchemyError) as error:
        log.warning("database out of reach: reactions are asked for later", reason=str(error))
        return
    asked[:] = [*ALWAYS, Update.MESSAGE_REACTION] if is_watched else ALWAYS
