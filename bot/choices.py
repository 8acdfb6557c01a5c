"""A press in a menu: one thing chosen for a chat, or a code that links its moderators' chat."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from typing import Any

import structlog
from sqlalchemy.orm import Session
from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest
from telegram.ext import ContextTypes

from bot import groups, rights, texts
from bot.groups import Answer
from bot.memory import Memory
from bot.rights import Administrators
from jobs.buttons import ChoiceButton, PardonButton, RaidButton
from jobs.language import LANGUAGES, sentences
from storage import rules
from storage.errors import EnforceTooSoon, UnknownChat
from storage.models import Chat, Mode, Strictness
from storage.queries import chats, corrections, links, pardons, raids, status
from storage.queries.corrections import Decision
from storage.queries.status import Consequence

Context = ContextTypes.DEFAULT_TYPE

AT_ONCE = 20  # verdicts decided in one transaction
LONGEST_PAUSE_SECONDS = 0.5
COLUMNS = {"enforce": "mode"}  # what a button chooses, where it is not the column's name

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
    if choice.what == "enforce":
        return Mode.ENFORCE
    if choice.what == "menu":
        return choice.value
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
    if (choice.what, choice.value) == ("mode", Mode.ENFORCE) and chat.mode != Mode.ENFORCE:
        await _offer_enforce(update, context, query, chat)
        return
    value = value_of(choice)
    if value is None:
        await memory.settle(update, lambda _: None)
        return

    def chosen(session: Session) -> Answer:
        if choice.what == "menu":
            return groups.menu(session, chats.known(session, chat.id))
        who, what = f"telegram:{query.from_user.id}", COLUMNS.get(choice.what, choice.what)
        return groups.menu(session, chats.choose(session, chat.id, what, value, who))

    try:
        answer = await memory.settle(update, chosen)
    except EnforceTooSoon:  # an old button: corrections were withdrawn since it was offered
        await _offer_enforce(update, context, query, chat)
        return
    await _show(query, answer)


async def _offer_enforce(update: Update, context: Context, query: CallbackQuery, chat: Chat) -> None:
    """Acting without asking is offered to a chat that has taught enough, beside what it would have done so far."""
    memory: Memory = context.application.bot_data["memory"]
    say = sentences(chat.language).gettext

    def look(session: Session) -> tuple[int, Consequence]:
        return chats.accepted_corrections(session, chat), status.replay(session, chat)

    so_far, found = await memory.settle(update, look)
    if so_far < rules.ENFORCE_AFTER:
        await _tell(query, texts.enforce_needs_corrections(say, so_far, rules.ENFORCE_AFTER), is_alert=True)
        return
    row = [
        InlineKeyboardButton(say("Enforce from now on"), callback_data=ChoiceButton(chat.id, "enforce", "yes").data),
        InlineKeyboardButton(say("Back"), callback_data=ChoiceButton(chat.id, "menu", "show").data),
    ]
    await _show(query, (texts.replayed(say, found), InlineKeyboardMarkup([row])))


async def _show(query: CallbackQuery, answer: Answer) -> None:
    text, keyboard = answer
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

    administrators: Administrators = context.application.bot_data["administrators"]
    spared = await administrators.of(context.bot, chat.external_id)
    count = 0
    while decided := await _decide_some(memory, raid, query, spared):
        count += decided
    await memory.settle(update, lambda _: None)
    await _tell(query, texts.raid_decided(sentences(chat.language).gettext, count), is_alert=True)


async def _decide_some(memory: Memory, raid: RaidButton, query: CallbackQuery, spared: Collection[int]) -> int:
    """Decide a few of them, and then let others write for as long as that took: a raid may be thousands of messages."""
    who, began = query.from_user, time.monotonic()

    def decide(session: Session) -> int:
        found = raids.undecided(session, raid.chat_id, raid.first, raid.last, AT_ONCE, spared)
        for verdict_id in found:
            corrections.correct(session, Decision(verdict_id, f"telegram:{who.id}", who.full_name, is_spam=True))
        return len(found)

    decided = await memory.write(decide)
    await asyncio.sleep(min(time.monotonic() - began, LONGEST_PAUSE_SECONDS))
    return decided


async def on_pardon(update: Update, context: Context, query: CallbackQuery, pardon: PardonButton) -> None:
    """What an order did to somebody is taken back, says whoever moderates the chat, checked now."""
    memory: Memory = context.application.bot_data["memory"]
    chat = await _moderated(update, context, query, pardon.chat_id)
    if chat is not None:
        count = await memory.settle(update, lambda session: pardons.grant(session, chat.id, pardon.user_id))
        await _tell(query, texts.pardoned(sentences(chat.language).gettext, count), is_alert=True)


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
