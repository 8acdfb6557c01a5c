"""Orders said in answer to a notice, or to a forward in a moderators' chat: of the message that is shown there."""

from __future__ import annotations

import asyncio
from functools import partial

from sqlalchemy.orm import Session
from telegram import Message, Update
from telegram.ext import ContextTypes

from bot import meant, moderators_chat, rights, texts
from bot.memory import Memory
from bot.rights import Actor, Administrators
from bot.words import Word
from jobs import send
from jobs.language import sentences
from storage.errors import UnknownVerdict
from storage.models import ActionKind, OrderKind
from storage.models import Message as MessageRow
from storage.queries import asking, chats, judged, orders
from storage.queries.judged import Judged
from storage.queries.orders import Command

Context = ContextTypes.DEFAULT_TYPE


async def on_word(update: Update, context: Context, message: Message, word: Word) -> bool:
    """A word in a moderators' chat, where nobody is acted on. Returns whether it was an order."""
    original = message.reply_to_message
    if word.has_more:
        return await _refuse(update, context, message, texts.more_words)
    verdict_id = meant.shown(original, context.bot.id)
    if word.order is not None and verdict_id is not None:
        return await carry_out(update, context, message, word.order, verdict_id)
    if word.order is not None and original is not None and original.forward_origin is not None:
        return await moderators_chat.take(update, context, message, original, word.order)
    return word.is_command and await _refuse(update, context, message, texts.answer_a_notice)


async def carry_out(update: Update, context: Context, message: Message, kind: OrderKind, verdict_id: int) -> bool:
    """Give the order about the words that the notice shows, if this person moderates their group. Returns True: it was one."""
    memory: Memory = context.application.bot_data["memory"]
    try:
        flagged = await memory.read(judged.verdict, verdict_id)
    except UnknownVerdict:
        return await _refuse(update, context, message, texts.unknown_notice)
    actor = await rights.moderator(context.bot, message, flagged.chat_external_id)
    if actor is None:
        return await _refuse(update, context, message, texts.only_moderators)
    administrators: Administrators = context.application.bot_data["administrators"]
    if kind != OrderKind.HAM and await administrators.wrote(context.bot, flagged):
        return await _refuse(update, context, message, texts.of_an_administrator)
    await memory.settle(update, partial(_give, message=message, kind=kind, actor=actor, flagged=flagged))
    await asyncio.to_thread(send.act, verdict_id)
    return True


def _give(session: Session, message: Message, kind: OrderKind, actor: Actor, flagged: Judged) -> None:
    """In the group itself the command goes; among moderators it stays, for they see who said what."""
    if message.chat.id == flagged.chat_external_id:
        asking.errand(session, flagged.chat_id, ActionKind.REMOVE, message_id=message.message_id)
    if kind == OrderKind.WARN:
        warning = texts.warned(sentences(flagged.language).gettext, flagged.author_name)
        thread_id = session.get_one(MessageRow, flagged.message_row_id).thread_id
        asking.errand(session, flagged.chat_id, ActionKind.WARN, text=warning, thread_id=thread_id)
    orders.give(session, Command(flagged.message_row_id, kind, actor.actor, actor.name), flagged.verdict_id)


async def _refuse(update: Update, context: Context, message: Message, text: texts.Sentence) -> bool:
    memory: Memory = context.application.bot_data["memory"]
    language = await memory.settle(update, lambda session: chats.language(session, message.chat.id))
    await message.reply_text(text(sentences(language).gettext))
    return True
