"""A handler failed: the failure is noted on the update's row, and the replay tries the update again."""

from __future__ import annotations

import structlog
from telegram import Update
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

from bot.context import Context
from storage.errors import StorageError
from storage.processes import updates

log = structlog.get_logger()


async def on_error(update: object, context: Context) -> None:
    """Count the attempt, unless Telegram or the database was out of reach; after the database, the update is tried again soon."""
    error = context.error
    reason = f"{type(error).__name__}: {error}"
    if isinstance(error, TelegramError | StorageError):
        log.warning("Telegram or the database refused or is out of reach", reason=reason)
    else:
        log.error("an update could not be handled", exc_info=error)
    if not isinstance(update, Update):
        return
    if isinstance(error, StorageError):
        context.queue.ask_for_replay()
    is_away = isinstance(error, NetworkError | RetryAfter | StorageError) and not isinstance(error, BadRequest)
    try:
        await context.database.write(updates.failed, context.database.bot_id, update.update_id, reason, not is_away)
    except StorageError as away:  # the update waits in the database as it is
        log.warning("database out of reach: the update is tried again later", reason=str(away))
