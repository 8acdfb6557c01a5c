"""The chat in which a group's moderators read: linked by a code, and what is forwarded into it."""

from __future__ import annotations

import asyncio
from functools import partial

from sqlalchemy.orm import Session
from telegram import Message, Update
from telegram.ext import ContextTypes

from bot import rights, texts, translate
from bot.groups import GROUPS
from bot.memory import Memory
from bot.rights import Actor
from jobs import send
from jobs.language import sentences
from storage.models import Mode, OrderKind
from storage.queries import chats, inbox, links, orders
from storage.queries.orders import Command

Context = ContextTypes.DEFAULT_TYPE


def _memory(context: Context) -> Memory:
    memory: Memory = context.application.bot_data["memory"]
    return memory


async def on_link(update: Update, context: Context) -> bool:
    """/link CODE: this chat becomes the moderators' chat of the group the code is for. Returns whether it did."""
    message, memory = update.message, _memory(context)
    if message is None or message.from_user is None:
        return False
    code, who = " ".join(context.args or []), message.from_user.id
    chat = await memory.write(links.use, code, who, message.chat.id)
    if chat is None:
        say = sentences((message.from_user.language_code or "en")[:2]).gettext
        await message.reply_text(texts.wrong_code(say))
        return False
    await memory.settle(update, lambda _: None)
    await message.reply_text(texts.linked(sentences(chat.language).gettext, chat.title))
    return True


async def on_forward(update: Update, context: Context) -> bool:
    """A message forwarded into a moderators' chat is spam that was missed. Returns whether it was such a forward."""
    message, memory = update.message, _memory(context)
    if message is None or message.forward_origin is None or message.chat.type not in GROUPS:
        return False
    for group in await memory.read(links.groups_of, message.chat.id):
        actor = await rights.moderator(context.bot, message, group.external_id)
        if actor is None:
            continue
        is_found = await memory.settle(update, partial(_missed, message=message, actor=actor))
        await asyncio.to_thread(send.classify)
        await message.reply_text(texts.forward_taken(sentences(group.language).gettext, is_found))
        return True
    return False


def _missed(session: Session, message: Message, actor: Actor) -> bool:
    """Order the original to be treated as spam; where it cannot be told which that was, only its words are learned."""
    author_id, sent_at = translate.origin(message)
    found = []
    if author_id is not None:
        groups = [chat.id for chat in links.groups_of(session, message.chat.id)]
        found = inbox.written_by(session, groups, author_id, sent_at)
    if len(found) == 1:
        orders.give(session, Command(found[0], OrderKind.SPAM, actor.actor, actor.name))
        return True
    words = translate.forwarded_words(message)
    row = inbox.receive(session, words)
    chats.on_telegram(session, message.chat.id).mode = Mode.OBSERVE  # nobody here is acted on
    orders.give(session, Command(row, OrderKind.SPAM, actor.actor, actor.name))
    return False
