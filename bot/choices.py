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
from jobs.buttons import ChoiceButton, RaidButton
from jobs.language import LANGUAGES, sentences
from storage.errors import UnknownChat
from storage.models import Chat, Mode, Strictness
from storage.queries import chats, corrections, links, raids
from storage.queries.corrections import Decision

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
    chat = await _moderated(update, context, query, choice.chat_id)
    if chat is None:
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
        return groups.menu(
            session, chats.choose(session, chat.id, choice.what, value, f"telegram:{query.from_user.id}")
        )

    text, keyboard = await memory.settle(update, chosen)
    await _tell(query, "", is_alert=False)
    try:
        await query.edit_message_text(text, reply_markup=keyboard)
    except BadRequest as error:  # pressed twice: it says so already
        log.info("the menu stays as it is", reason=str(error))


async def on_raid(update: Update, context: Context, query: CallbackQuery, raid: RaidButton) -> None:
    """Everything a digest stands for is spam, says whoever moderates the chat, checked now."""
    memory: Memory = context.application.bot_data["memory"]
    chat = await _moderated(update, context, query, raid.chat_id)
    if chat is None:
        return

    def decide(session: Session) -> int:
        found = raids.undecided(session, raid.chat_id, raid.first, raid.last)
        for verdict_id in found:
            who = query.from_user
            corrections.correct(session, Decision(verdict_id, f"telegram:{who.id}", who.full_name, is_spam=True))
        return len(found)

    count = await memory.settle(update, decide)
    await _tell(query, texts.raid_decided(sentences(chat.language).gettext, count), is_alert=True)


async def _moderated(update: Update, context: Context, query: CallbackQuery, chat_id: int) -> Chat | None:
    """The chat, if the person moderates it; else None, with the reason told and the update settled."""
    memory: Memory = context.application.bot_data["memory"]
    try:
        chat = await memory.read(chats.known, chat_id)
    except UnknownChat:
        chat = None
    if chat is not None and await rights.moderates(context.bot, chat.external_id, query.from_user.id):
        return chat
    say = sentences((query.from_user.language_code or "en")[:2]).gettext
    await memory.settle(update, lambda _: None)
    await _tell(query, texts.only_moderators(say), is_alert=True)
    return None


async def _tell(query: CallbackQuery, text: str, is_alert: bool) -> None:
    try:
        await query.answer(text, show_alert=is_alert)
    except BadRequest:
        log.info("a press was too old to answer")
