"""A press in a menu: one thing chosen for a chat, or a code that links its moderators' chat."""

from __future__ import annotations

from typing import Any

import structlog
from sqlalchemy.orm import Session
from telegram import CallbackQuery, Update
from telegram.error import BadRequest
from telegram.ext import ContextTypes

from bot import groups, rights, texts
from bot.groups import Answer
from bot.memory import Memory
from jobs.buttons import ChoiceButton
from jobs.language import LANGUAGES, sentences
from storage.errors import UnknownChat
from storage.models import Mode, Strictness
from storage.queries import chats, links

Context = ContextTypes.DEFAULT_TYPE

log = structlog.get_logger()


def value_of(choice: ChoiceButton) -> Any:
    """The value a button stands for, or None where it stands for nothing that can be chosen."""
    try:
        if choice.what == "mode":
            return Mode(choice.value)
        if choice.what == "strictness":
            return Strictness(choice.value)
    except ValueError:
        return None
    if choice.what == "language":
        return choice.value if choice.value in LANGUAGES else None
    if choice.what == "reports_needed":
        return int(choice.value) if choice.value in groups.REPORTS else None
    return None


async def on_choice(update: Update, context: Context, query: CallbackQuery, choice: ChoiceButton) -> None:
    """Choose it if the person moderates the chat, checked now, and show the menu as it is then."""
    memory: Memory = context.application.bot_data["memory"]
    say = sentences((query.from_user.language_code or "en")[:2]).gettext
    try:
        chat = await memory.read(chats.known, choice.chat_id)
    except UnknownChat:
        chat = None
    if chat is None or not await rights.moderates(context.bot, chat.external_id, query.from_user.id):
        await memory.settle(update, lambda _: None)
        await _tell(query, texts.only_moderators(say), is_alert=True)
        return
    if choice.what == "link":
        code = await memory.settle(update, lambda session: links.new_code(session, chat.id, query.from_user.id))
        await _tell(query, texts.link_code(sentences(chat.language).gettext, code), is_alert=True)
        return
    value = value_of(choice)
    if value is None:
        await memory.settle(update, lambda _: None)
        return

    def chosen(session: Session) -> Answer:
        return groups.menu(session, chats.choose(session, chat.id, choice.what, value))

    text, keyboard = await memory.settle(update, chosen)
    await _tell(query, "", is_alert=False)
    try:
        await query.edit_message_text(text, reply_markup=keyboard)
    except BadRequest as error:  # pressed twice: it says so already
        log.info("the menu stays as it is", reason=str(error))


async def _tell(query: CallbackQuery, text: str, is_alert: bool) -> None:
    try:
        await query.answer(text, show_alert=is_alert)
    except BadRequest:
        log.info("a press was too old to answer")
