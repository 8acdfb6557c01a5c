"""One module for each kind of update. A handler stores what the update says and marks it handled; replies come last.

Where another bot was first (two overlap while a new release starts), AlreadyHandled ends the handler before it stores or says anything.
"""

from __future__ import annotations

import structlog
from telegram import Update
from telegram.ext import TypeHandler

from bot.context import App, Context, Handler
from bot.handlers import (
    buttons,
    channel_posts,
    commands,
    errors,
    forwards,
    members,
    messages,
    migrations,
    orders,
    reactions,
)
from jobs import traces
from storage.processes.updates import AlreadyHandled

HANDLERS: tuple[Handler, ...] = (
    buttons.on_press,  # a button under a notice or in a menu
    commands.on_command,  # a command that begins a message, in private or in a group
    orders.on_order,  # an order by reply, or a member's report
    forwards.on_forward,  # a message forwarded into a moderators' chat
    migrations.on_migration,  # a group that became a supergroup
    members.on_membership,  # somebody joined, or their role or the bot's changed
    reactions.on_reaction,  # somebody reacted to a message
    channel_posts.on_channel_post,  # a linked channel's post in its discussion group
    messages.on_message,  # whatever else members write, and their edits
)

log = structlog.get_logger()


def add_to(application: App) -> None:
    """Register the handlers."""
    application.add_handler(TypeHandler(Update, on_update))
    application.add_error_handler(errors.on_error)


async def on_update(update: Update, context: Context) -> None:
    """Give the update to the first handler that takes it; one that nobody takes needs no more than its mark."""
    with traces.span("update", "consumer") as span:
        try:
            await _handle(update, context, span)
        except AlreadyHandled as another:
            log.info("left to whoever was first", reason=str(another))


async def _handle(update: Update, context: Context, span: traces.Span) -> None:
    for handle in HANDLERS:
        span.rename(f"update {handle.__name__}")
        if await handle(update, context):
            return
    span.rename("update of no handler's")
    await context.database.mark_handled(update)
