"""Replies that moderate: /spam, /ban, /warn and /ham by moderators, /report by members; the slash may be left out."""

from __future__ import annotations

import asyncio
import re

from sqlalchemy.orm import Session
from telegram import Message, Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot import rights, texts, translate
from bot.memory import Memory
from bot.rights import Actor
from jobs import send
from jobs.language import sentences
from storage.models import ActionKind, OrderKind
from storage.queries import asking, chats, inbox, orders, reports
from storage.queries.orders import Command
from storage.queries.reports import Outcome

Context = ContextTypes.DEFAULT_TYPE

ORDER = re.compile(r"\s*/?(spam|ban|warn|ham)(?:@\w+)?(\s+(?:for good|forever|навсегда))?\s*", re.IGNORECASE)
REPORT = re.compile(r"\s*/?report(?:@\w+)?\s*", re.IGNORECASE)


def order_of(text: str | None) -> OrderKind | None:
    """The command that a reply of these words gives, or None."""
    found = ORDER.fullmatch(text or "")
    if found is None:
        return None
    kind = OrderKind(found[1].lower())
    if not found[2]:
        return kind
    return OrderKind.BAN_FOR_GOOD if kind == OrderKind.BAN else None


async def on_reply(update: Update, context: Context) -> bool:
    """Carry out a reply that moderates. Returns whether it was one; what is not is a message like any other."""
    message = update.message
    if message is None or message.reply_to_message is None:
        return False
    memory: Memory = context.application.bot_data["memory"]
    if (kind := order_of(message.text)) is not None:
        actor = await rights.moderator(context.bot, message)
        if actor is None:
            return False
        verdict_id = await memory.settle(update, lambda session: _give(session, message, kind, actor))
        if verdict_id is None:
            await asyncio.to_thread(send.classify)
        else:
            await asyncio.to_thread(send.act, verdict_id)
        return True
    if REPORT.fullmatch(message.text or "") and message.from_user is not None:
        outcome, language = await memory.settle(update, lambda session: _report(session, message))
        if outcome is not None:
            await _answer(message, texts.reported(sentences(language).gettext, outcome))
        return True
    return False


def _give(session: Session, message: Message, kind: OrderKind, actor: Actor) -> int | None:
    """Store the order on the message it answers, have the command removed, and warn where that is asked."""
    answered = translate.answered(message)
    chat = chats.on_telegram(session, message.chat.id, message.chat.title or "")
    asking.errand(session, chat.id, ActionKind.REMOVE, message_id=message.message_id)
    if answered is None:
        return None
    row = inbox.receive(session, answered)
    if kind == OrderKind.WARN:
        say = sentences(chat.language).gettext
        warning = texts.warned(say, answered.author_name)
        asking.errand(session, chat.id, ActionKind.WARN, text=warning, thread_id=answered.thread_id)
    return orders.give(session, Command(row, kind, actor.actor, actor.name))


def _report(session: Session, message: Message) -> tuple[Outcome | None, str]:
    """Count the report of the message it answers, and have the command removed."""
    chat = chats.on_telegram(session, message.chat.id, message.chat.title or "")
    asking.errand(session, chat.id, ActionKind.REMOVE, message_id=message.message_id)
    answered = translate.answered(message)
    if answered is None or message.from_user is None:
        return None, chat.language
    return reports.report(session, inbox.receive(session, answered), message.from_user.id), chat.language


async def _answer(message: Message, text: str) -> None:
    """Tell the member alone, in private, where they have begun a conversation; the group stays quiet."""
    try:
        if message.from_user is not None:
            await message.get_bot().send_message(message.from_user.id, text)
    except TelegramError:  # they never wrote to the bot; a report needs no answer
        return
