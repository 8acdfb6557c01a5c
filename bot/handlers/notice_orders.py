"""Orders in reply to a notice, or to a forward in a moderators' chat: about the message that is shown there."""

from __future__ import annotations

import asyncio
from functools import partial

from sqlalchemy.orm import Session
from telegram import Message, Update

from bot import reply_targets, rights, texts
from bot.context import Context
from bot.given_orders import Given
from bot.handlers import forwards
from bot.order_words import Word
from bot.rights import Actor
from jobs import send
from storage.access import chats
from storage.errors import UnknownVerdict
from storage.models import ActionKind, OrderKind
from storage.models import Message as MessageRow
from storage.moderation import orders, verdicts, warnings
from storage.moderation.orders import Command
from storage.moderation.requested_actions import requests
from storage.moderation.verdicts import JudgedMessage
from telegram_ui.language import sentences


async def on_word(update: Update, context: Context, message: Message, word: Word) -> bool:
    """A word in a moderators' chat, where nobody is acted on. Returns whether it was an order."""
    original = message.reply_to_message
    if word.has_more:
        return await refuse(update, context, message, texts.more_words)
    if word.unsuitable is not None:
        return await refuse(update, context, message, partial(texts.unsuitable_length, word=word))
    verdict_id = reply_targets.verdict_shown_by(original, context.bot.id)
    if word.order is not None and verdict_id is not None:
        return await carry_out(update, context, message, Given(word.order, word.term), verdict_id)
    if word.order is not None and original is not None and original.forward_origin is not None:
        return await forwards.carry_out(update, context, message, original, Given(word.order, word.term))
    return word.is_command and await refuse(update, context, message, texts.answer_a_notice)


async def carry_out(update: Update, context: Context, message: Message, given: Given, verdict_id: int) -> bool:
    """Give the order about the message that the notice shows, if this person moderates its group. Returns True: it was one."""
    try:
        judged = await context.database.read(verdicts.verdict, verdict_id)
    except UnknownVerdict:
        return await refuse(update, context, message, texts.unknown_notice)
    actor = await rights.moderator(context.bot, message, judged.chat_external_id)
    if actor is None:
        return await refuse(update, context, message, texts.only_moderators)
    if given.kind != OrderKind.HAM and await context.administrators.wrote(context.bot, judged):
        return await refuse(update, context, message, texts.of_an_administrator)
    await context.database.settle(update, partial(_give, message=message, given=given, actor=actor, judged=judged))
    await asyncio.to_thread(send.act, verdict_id)
    return True


def _give(session: Session, message: Message, given: Given, actor: Actor, judged: JudgedMessage) -> None:
    """Store the order. In the group itself the command is removed; in a moderators' chat it stays, so that all see who said what."""
    if message.chat.id == judged.chat_external_id:
        requests.ask_in_chat(session, judged.chat_id, ActionKind.REMOVE, message_id=message.message_id)
    if given.kind == OrderKind.WARN:
        warning = warnings.next_one(session, chats.get(session, judged.chat_id), judged.message_row_id)
        text = texts.warned(sentences(judged.language).gettext, judged.author_name, warning)
        thread_id = session.get_one(MessageRow, judged.message_row_id).thread_id
        about = {"user_id": judged.author_id, "thread_id": thread_id}
        requests.ask_in_chat(session, judged.chat_id, ActionKind.WARN, text=text, **about)
    command = Command(judged.message_row_id, given.kind, actor.actor, actor.name, given.term)
    orders.give(session, command, judged.verdict_id)


async def refuse(update: Update, context: Context, message: Message, sentence: texts.Sentence) -> bool:
    """Do nothing and say why, in the chat's language."""
    language = await context.database.settle(update, lambda session: chats.language(session, message.chat.id))
    await message.reply_text(sentence(sentences(language).gettext))
    return True
