"""What a handler is given beside its update."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from telegram import Update
from telegram.ext import Application, CallbackContext, ExtBot

from bot.database import Database
from bot.rights import Administrators
from bot.updates import DurableQueue

App = Application[Any, Any, Any, Any, Any, Any]
Data = dict[Any, Any]


class Context(CallbackContext[ExtBot[Any], Data, Data, Data]):
    """python-telegram-bot's context with what all handlers share, typed; `build` puts it into the application's `bot_data`."""

    def __init__(self, application: App, chat_id: int | None = None, user_id: int | None = None) -> None:
        super().__init__(application, chat_id, user_id)
        shared = application.bot_data
        self.database: Database = shared["database"]
        self.queue: DurableQueue = shared["queue"]
        self.administrators: Administrators = shared["administrators"]
        self.common_chat_id: int | None = shared["common_chat_id"]  # where moderators of all groups read
        self.site: str = shared["site"]  # the review site's address, without a slash at its end
        self.has_files: Callable[[str], bool] = shared["has_files"]  # of a model version
        self.help_answered_at: dict[int, float] = shared["help_answered_at"]  # by group, in monotonic seconds
        self.explanations: set[asyncio.Task[None]] = shared["explanations"]  # that are still to be sent


Handler = Callable[[Update, Context], Coroutine[Any, Any, bool]]  # returns whether the update was its to handle
