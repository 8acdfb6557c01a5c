"""One coroutine per thing that can happen. Each stores what it heard and marks the update handled; replies come last."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from telegram import CallbackQuery, Update
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes, TypeHandler, filters

from bot import texts, translate
from bot.memory import Memory
from jobs import send
from jobs.buttons import CorrectionButton
from storage.errors import StorageError, UnknownVerdict
from storage.queries import corrections, inbox, judged, updates
from storage.queries.corrections import Decision
from storage.queries.judged import Judged

Context = ContextTypes.DEFAULT_TYPE

log = structlog.get_logger()


def add_to(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Register the handlers; the first that matches an update is the only one to see it."""
    application.add_handler(CallbackQueryHandler(on_button))
    application.add_handler(CommandHandler("start", on_start, filters=filters.ChatType.PRIVATE))
    application.add_handler(TypeHandler(Update, on_message))
    application.add_error_handler(on_error)


def _memory(context: Context) -> Memory:
    memory: Memory = context.application.bot_data["memory"]
    return memory


async def on_message(update: Update, context: Context) -> None:
    """A message or its edit: one row, committed; then the bell. Anything else needs no more than its mark."""
    incoming = translate.incoming(update)
    if incoming is None:
        await _memory(context).settle(update, lambda _: None)
        return
    await _memory(context).settle(update, lambda session: inbox.receive(session, incoming))
    await asyncio.to_thread(send.classify)


async def on_start(update: Update, context: Context) -> None:
    """/start in private: what this bot does and what it needs."""
    await _memory(context).settle(update, lambda _: None)
    if update.effective_message is not None:
        await update.effective_message.reply_text(texts.START)


async def on_button(update: Update, context: Context) -> None:
    """A press under a notice: whoever moderates the message's group, checked now, has it corrected."""
    query, memory = update.callback_query, _memory(context)
    button = CorrectionButton.parse(query.data) if query else None
    if query is None or button is None:
        await memory.settle(update, lambda _: None)
        return
    try:
        flagged = await memory.read(judged.verdict, button.verdict_id)
    except UnknownVerdict:
        await _refuse(update, context, query, texts.UNKNOWN_NOTICE)
        return
    if not await _moderates(context, flagged, query.from_user.id):
        await _refuse(update, context, query, texts.ONLY_MODERATORS)
        return
    decision = Decision(button.verdict_id, f"telegram:{query.from_user.id}", query.from_user.full_name, button.is_spam)
    await memory.settle(update, lambda session: corrections.correct(session, decision))
    await asyncio.to_thread(send.act, button.verdict_id)
    await _answer(query, texts.STORED_SPAM if button.is_spam else texts.STORED_HAM, is_alert=False)


async def _moderates(context: Context, flagged: Judged, user_id: int) -> bool:
    """Ask Telegram, each time: rights may have changed since the notice was posted."""
    try:
        member = await context.bot.get_chat_member(flagged.chat_external_id, user_id)
    except (BadRequest, Forbidden):  # Telegram does not know this person there, or the bot is no longer there
        return False
    return translate.is_moderator(member)


async def _refuse(update: Update, context: Context, query: CallbackQuery, reason: str) -> None:
    await _memory(context).settle(update, lambda _: None)
    await _answer(query, reason, is_alert=True)


async def _answer(query: CallbackQuery, text: str, is_alert: bool) -> None:
    """Answer the press; after a replay it may be too old for an answer, which changes nothing."""
    try:
        await query.answer(text, show_alert=is_alert)
    except BadRequest:
        log.info("a press was too old to answer")


async def on_error(update: object, context: Context) -> None:
    """Count the failure on the update's row; the replay tries it again."""
    error = context.error
    if isinstance(error, TelegramError | StorageError):
        log.warning("Telegram or the database refused or is out of reach", reason=f"{type(error).__name__}: {error}")
    else:
        log.error("an update could not be handled", exc_info=error)
    if isinstance(update, Update):
        reason = f"{type(error).__name__}: {error}"
        is_away = isinstance(error, NetworkError | StorageError) and not isinstance(error, BadRequest)
        try:
            await _memory(context).write(updates.failed, _memory(context).bot_id, update.update_id, reason, not is_away)
        except StorageError as away:  # the update waits in the database as it is
            log.warning("database out of reach: the update is tried again later", reason=str(away))
