"""One coroutine per thing that can happen. Each stores what it heard and marks the update handled; replies come last."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import structlog
from sqlalchemy.orm import Session
from telegram import CallbackQuery, Message, Update
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes, TypeHandler, filters

from bot import choices, commands, groups, joins, logins, members, moderators_chat, rights, texts, translate, why
from bot.memory import Memory
from bot.rights import Administrators
from jobs import send
from jobs.buttons import ChoiceButton, CorrectionButton, PardonButton, RaidButton, WhyButton
from jobs.language import sentences
from storage.errors import StorageError, UnknownVerdict
from storage.models import Correction
from storage.queries import chats, corrections, explanations, inbox, judged, links, updates
from storage.queries.corrections import Decision
from storage.queries.inbox import Incoming
from storage.queries.judged import Judged

Context = ContextTypes.DEFAULT_TYPE
Command = Callable[[Update, Context], Coroutine[Any, Any, bool]]  # says whether it was for them to give

COMMANDS = {
    "start": groups.on_start, "settings": groups.on_settings, "status": groups.on_status, "pause": groups.on_pause, "resume": groups.on_resume,
    "link": moderators_chat.on_link, "retrain": groups.on_retrain, "why": why.on_why,
}  # fmt: skip

IN_PRIVATE = {
    "start": groups.on_private_start,
    "mydata": members.on_mydata,
    "forget": members.on_forget,
    "appeal": members.on_appeal,
    "review": logins.on_review,
}

log = structlog.get_logger()


def add_to(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Register the handlers; the first that matches an update is the only one to see it."""
    application.add_handler(CallbackQueryHandler(on_button))
    said = filters.UpdateType.MESSAGE
    for name, handler in IN_PRIVATE.items():
        application.add_handler(CommandHandler(name, handler, filters=said & filters.ChatType.PRIVATE))
    in_groups = said & filters.ChatType.GROUPS
    for name, command in COMMANDS.items():
        application.add_handler(CommandHandler(name, _or_a_message(command), filters=in_groups))
    application.add_handler(TypeHandler(Update, on_message))
    application.add_error_handler(on_error)


def _or_a_message(command: Command) -> Callable[[Update, Context], Coroutine[Any, Any, None]]:
    """The command where it is somebody's to give; what others write behind its name is a message like any other."""

    async def heard(update: Update, context: Context) -> None:
        if not await command(update, context):
            await on_message(update, context)

    return heard


def _memory(context: Context) -> Memory:
    memory: Memory = context.application.bot_data["memory"]
    return memory


async def on_message(update: Update, context: Context) -> None:
    """A message or its edit: one row, committed; then the bell. Who joins is remembered; anything else, moderators' words too, needs no more than its mark."""
    if await commands.on_word(update, context) or await moderators_chat.on_forward(update, context):
        return
    if update.message is not None and (moved := translate.moved(update.message)) is not None:
        await _memory(context).settle(update, lambda session: chats.moves(session, *moved))
        return
    if await joins.on_membership(update, context):
        return
    administrators: Administrators = context.application.bot_data["administrators"]
    incoming = translate.incoming(update)
    if incoming is None:
        await _memory(context).settle(update, lambda _: None)
        return
    group, author = incoming.chat_external_id, incoming.author_id
    if await administrators.speak(context.bot, group, author):
        await _memory(context).settle(update, lambda session: chats.on_telegram(session, group, incoming.chat_title))
        return
    common: int | None = context.application.bot_data["common_chat"]
    await _memory(context).settle(update, lambda session: _receive(session, incoming, common))
    await asyncio.to_thread(send.classify)


def _receive(session: Session, incoming: Incoming, common: int | None) -> None:
    """What moderators say among themselves is not judged."""
    if not links.is_moderators_chat(session, incoming.chat_external_id, common):
        inbox.receive(session, incoming)


async def on_button(update: Update, context: Context) -> None:
    """A press: a correction or a question under a notice, a pardon, or a choice in a menu."""
    query = update.callback_query
    for button, answer in PRESSED:
        pressed = button.parse(query.data) if query is not None else None
        if pressed is not None:
            await answer(update, context, query, pressed)
            return
    await _memory(context).settle(update, lambda _: None)


async def _on_question(update: Update, context: Context, query: CallbackQuery, asked: WhyButton) -> None:
    """Whoever moderates the message's group is told why, at once in short and in full later."""
    flagged = await _flagged(update, context, query, asked.verdict_id)
    if flagged is None:
        return
    await _memory(context).settle(update, lambda session: explanations.ask(session, asked.verdict_id))
    await _answer(query, texts.why(sentences(flagged.language).gettext, flagged), is_alert=True)
    await asyncio.to_thread(send.explain, asked.verdict_id)
    if isinstance(query.message, Message):
        why.tell_later(context, query.message, flagged)


async def _on_correction(update: Update, context: Context, query: CallbackQuery, button: CorrectionButton) -> None:
    """Whoever moderates the message's group, checked now, has it corrected."""
    flagged = await _flagged(update, context, query, button.verdict_id)
    if flagged is None:
        return
    administrators: Administrators = context.application.bot_data["administrators"]
    if button.is_spam and await administrators.wrote(context.bot, flagged):
        await _refuse(update, context, query, texts.of_an_administrator(sentences(flagged.language).gettext))
        return
    decision = Decision(button.verdict_id, f"telegram:{query.from_user.id}", query.from_user.full_name, button.is_spam)
    correction = await _memory(context).settle(update, lambda session: _correct(session, decision))
    await asyncio.to_thread(send.act, correction.verdict_id)
    await _answer(query, texts.stored(sentences(flagged.language).gettext, button.is_spam), is_alert=False)


def _correct(session: Session, decision: Decision) -> Correction:
    """ "Spam" is meant for the message whatever it was edited to while the moderator read; "not spam" for the words they saw."""
    if decision.is_spam:
        decision = replace(decision, verdict_id=judged.newest_flag(session, decision.verdict_id))
    return corrections.correct(session, decision)


async def _flagged(update: Update, context: Context, query: CallbackQuery, verdict_id: int) -> Judged | None:
    """The verdict under whose notice somebody pressed; None, with the reason told, where they may not or it is gone."""
    say = sentences((query.from_user.language_code or "en")[:2]).gettext
    try:
        flagged = await _memory(context).read(judged.verdict, verdict_id)
    except UnknownVerdict:
        await _refuse(update, context, query, texts.unknown_notice(say))
        return None
    if not await rights.moderates(context.bot, flagged.chat_external_id, query.from_user.id):
        await _refuse(update, context, query, texts.only_moderators(say))
        return None
    return flagged


async def _refuse(update: Update, context: Context, query: CallbackQuery, reason: str) -> None:
    await _memory(context).settle(update, lambda _: None)
    await _answer(query, reason, is_alert=True)


async def _answer(query: CallbackQuery, text: str, is_alert: bool) -> None:
    """Answer the press; after a replay it may be too old for an answer, which changes nothing."""
    try:
        await query.answer(text, show_alert=is_alert)
    except BadRequest:
        log.info("a press was too old to answer")


PRESSED: tuple[tuple[Any, Any], ...] = (
    (ChoiceButton, choices.on_choice),
    (RaidButton, choices.on_raid),
    (PardonButton, choices.on_pardon),
    (CorrectionButton, _on_correction),
    (WhyButton, _on_question),
)


async def on_error(update: object, context: Context) -> None:
    """Count the failure on the update's row; the replay tries it again."""
    error = context.error
    if isinstance(error, TelegramError | StorageError):
        log.warning("Telegram or the database refused or is out of reach", reason=f"{type(error).__name__}: {error}")
    else:
        log.error("an update could not be handled", exc_info=error)
    if isinstance(update, Update):
        reason = f"{type(error).__name__}: {error}"
        is_away = isinstance(error, NetworkError | RetryAfter | StorageError) and not isinstance(error, BadRequest)
        try:
            await _memory(context).write(updates.failed, _memory(context).bot_id, update.update_id, reason, not is_away)
        except StorageError as away:  # the update waits in the database as it is
            log.warning("database out of reach: the update is tried again later", reason=str(away))
