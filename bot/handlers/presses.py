"""What every press of a button needs: whether the person may decide, and an answer."""

from __future__ import annotations

import structlog
from telegram import CallbackQuery, InlineKeyboardMarkup, Update, User
from telegram.error import BadRequest

from bot import rights, texts
from bot.context import Context
from storage.access import chats
from storage.errors import UnknownChat, UnknownVerdict
from storage.models import Chat
from storage.moderation import verdicts
from storage.moderation.verdicts import JudgedMessage
from telegram_ui.language import language_of, sentences

Answer = tuple[str, InlineKeyboardMarkup | None]  # a page: its text and its buttons

log = structlog.get_logger()


async def answer(query: CallbackQuery, text: str = "", *, is_alert: bool = True) -> None:
    """Answer the press; after a replay it may be too old for an answer, which changes nothing."""
    try:
        await query.answer(text, show_alert=is_alert)
    except BadRequest:
        log.info("a press was too old to answer")


async def show(query: CallbackQuery, page: Answer) -> None:
    """Answer the press by showing a page in the place of the one that was pressed."""
    text, keyboard = page
    await answer(query, is_alert=False)
    try:
        await query.edit_message_text(text, reply_markup=keyboard)
    except BadRequest as error:  # pressed twice: it says so already
        log.info("the menu stays as it is", reason=str(error))


async def refuse(update: Update, context: Context, query: CallbackQuery, reason: str) -> None:
    """Do nothing, and say why."""
    await context.database.mark_handled(update)
    await answer(query, reason)


async def judged_by(update: Update, context: Context, query: CallbackQuery, verdict_id: int) -> JudgedMessage | None:
    """The message that this verdict judged, if the person moderates its group now; else None, with the press refused."""
    say = _say_to(query.from_user)
    try:
        judged = await context.database.read(verdicts.verdict, verdict_id)
    except UnknownVerdict:
        await refuse(update, context, query, texts.unknown_notice(say))
        return None
    if not await rights.moderates(context.bot, judged.chat_external_id, query.from_user.id):
        await refuse(update, context, query, texts.only_moderators(say))
        return None
    return judged


async def moderated_chat(update: Update, context: Context, query: CallbackQuery, chat_id: int) -> Chat | None:
    """The chat, if the person moderates it now; else None, with the press refused."""
    try:
        chat = await context.database.read(chats.get, chat_id)
    except UnknownChat:
        chat = None
    if chat is not None and await rights.moderates(context.bot, chat.external_id, query.from_user.id):
        return chat
    await refuse(update, context, query, texts.only_moderators(_say_to(query.from_user)))
    return None


def _say_to(user: User) -> texts.Say:
    return sentences(language_of(user.language_code)).gettext
