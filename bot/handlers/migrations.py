"""A group became a supergroup, which has another number."""

from __future__ import annotations

from telegram import Update

from bot import adapter
from bot.context import Context
from storage.access import chats


async def on_migration(update: Update, context: Context) -> bool:
    """Note the old number and the new one. Returns whether the update says so."""
    numbers = adapter.moved(update.message) if update.message is not None else None
    if numbers is None:
        return False
    await context.database.settle(update, lambda session: chats.move_group(session, *numbers))
    return True
