"""Replies that moderate: /spam, /ban, /warn and /ham by moderators, /report by members; the slash may be left out."""

from __future__ import annotations

import asyncio
from functools import partial

from sqlalchemy.orm import Session
from telegram import Message, Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot import meant, notice_orders, rights, texts
from bot.groups import GROUPS
from bot.meant import Meant, Nobody
from bot.memory import Memory
from bot.rights import Actor
from bot.words import Word, word_of
from jobs import send
from jobs.language import sentences
from storage.models import ActionKind, Chat, OrderKind
from storage.queries import asking, chats, inbox, links, orders, reports
from storage.queries.orders import Command
from storage.queries.reports import Outcome

Context = ContextTypes.DEFAULT_TYPE


async def on_word(update: Update, context: Context) -> bool:
    """Carry out a word that moderates, or answer why not. Returns whether it was one; what is not is a message like any other."""
    message = update.message or update.edited_message
    if message is None or message.chat.type not in GROUPS:
        return False
    word = word_of(message.text or message.caption, context.bot.username)
    is_plain = update.message is not None and message.text is not None
    if word is None or not (word.is_command or is_plain):
        return False
    memory: Memory = context.application.bot_data["memory"]
    common: int | None = context.application.bot_data["common_chat"]
    if await memory.read(links.is_moderators_chat, message.chat.id, common):
        return await notice_orders.on_word(update, context, message, word)
    if word.order is None:
        return await _on_report(update, context, message, word)
    actor = await rights.moderator(context.bot, message)
    if actor is None:
        return False
    about = Nobody.MORE_WORDS if word.has_more else await meant.by_reply(context, message)
    if isinstance(about, Meant) and about.verdict_id is not None:
        return await notice_orders.carry_out(update, context, message, word.order, about.verdict_id)
    if isinstance(about, Meant) and await _is_understood(memory, message, word, about):
        await _carry_out(update, memory, partial(_give, message=message, kind=word.order, actor=actor, about=about))
        return True
    why_not = about if isinstance(about, Nobody) else Nobody.SERVICE
    return word.is_command and await _refuse(update, memory, message, why_not)


async def _is_understood(memory: Memory, message: Message, word: Word, about: Meant) -> bool:
    """Whether the word fits what it is said of: people can only be banned, and "ham" alone is an order where something can be undone."""
    if about.people:
        return word.order in (OrderKind.SPAM, OrderKind.BAN, OrderKind.BAN_FOR_GOOD)
    if word.order != OrderKind.HAM or word.is_command or message.reply_to_message is None:
        return True
    return await memory.read(orders.can_be_undone, message.chat.id, message.reply_to_message.message_id)


async def _carry_out(update: Update, memory: Memory, give: partial[int | None]) -> None:
    verdict_id = await memory.settle(update, give)
    if verdict_id is None:
        await asyncio.to_thread(send.classify)
    else:
        await asyncio.to_thread(send.act, verdict_id)


async def _refuse(update: Update, memory: Memory, message: Message, why_not: Nobody) -> bool:
    chat: Chat = await memory.settle(update, lambda session: _chat(session, message))
    await message.reply_text(texts.nobody_meant(sentences(chat.language).gettext, why_not))
    return True


def _chat(session: Session, message: Message) -> Chat:
    return chats.on_telegram(session, message.chat.id, message.chat.title or "")


def _give(session: Session, message: Message, kind: OrderKind, actor: Actor, about: Meant) -> int | None:
    """Store the order on what it is about, have the command removed, and warn where that is asked."""
    chat = _put_away(session, message)
    if about.message is None:
        number = chats.number_in(chat, message.chat.id, about.number)
        orders.about_people(session, chat, number, about.people, kind)
        return None
    row = inbox.receive(session, about.message)
    inbox.name_author(session, row, about.message.author_id)
    if kind == OrderKind.WARN:
        say = sentences(chat.language).gettext
        warning = texts.warned(say, about.message.author_name)
        asking.errand(session, chat.id, ActionKind.WARN, text=warning, thread_id=about.message.thread_id)
    return orders.give(session, Command(row, kind, actor.actor, actor.name))


async def _on_report(update: Update, context: Context, message: Message, word: Word) -> bool:
    """Count a member's report; the group stays quiet, and the member is told in private."""
    memory: Memory = context.application.bot_data["memory"]
    if message.from_user is None or message.sender_chat is not None:
        return False
    if word.has_more and not await memory.write(_may_report, message):
        return False  # what others write behind a command is judged
    about = await meant.by_reply(context, message)
    if not isinstance(about, Meant) or about.message is None:
        if not word.is_command or about == Nobody.NO_REPLY:
            return False
        language = await memory.settle(update, lambda session: _put_away(session, message).language)
        await _answer(message, texts.cannot_be_reported(sentences(language).gettext))
        return True
    outcome, language = await memory.settle(update, partial(_report, message=message, about=about))
    await asyncio.to_thread(send.classify)
    await _answer(message, texts.reported(sentences(language).gettext, outcome))
    return True


def _may_report(session: Session, message: Message) -> bool:
    return message.from_user is not None and reports.may(session, _chat(session, message), message.from_user.id)


def _put_away(session: Session, message: Message) -> Chat:
    """Have the command removed; one that was said before the group moved can be no more."""
    chat = _chat(session, message)
    number = chats.number_in(chat, message.chat.id, message.message_id)
    asking.errand(session, chat.id, ActionKind.REMOVE, message_id=number)
    return chat


def _report(session: Session, message: Message, about: Meant) -> tuple[Outcome, str]:
    """Count the report of the message it answers, and have the command removed."""
    chat = _put_away(session, message)
    reporter = message.from_user.id if message.from_user else 0
    if about.message is None or not reports.may(session, chat, reporter):
        return Outcome.NO_STANDING, chat.language
    return reports.report(session, inbox.receive(session, about.message), reporter), chat.language


async def _answer(message: Message, text: str) -> None:
    """Tell the member alone, in private, where they have begun a conversation; the group stays quiet."""
    try:
        if message.from_user is not None:
            await message.get_bot().send_message(message.from_user.id, text)
    except TelegramError:  # they never wrote to the bot; a report needs no answer
        return
