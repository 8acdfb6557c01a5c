"""The chat in which a group's moderators read: linked by a code, and what is forwarded into it."""

from __future__ import annotations

import asyncio
from functools import partial

from sqlalchemy.orm import Session
from telegram import Message, Update
from telegram.ext import ContextTypes

from bot import rights, texts, translate, visible
from bot.groups import GROUPS
from bot.memory import Memory
from bot.rights import Actor, Administrators
from jobs import send
from jobs.language import sentences
from storage.models import Chat, Mode, OrderKind
from storage.queries import chats, inbox, links, orders
from storage.queries.orders import Command

Context = ContextTypes.DEFAULT_TYPE


def _memory(context: Context) -> Memory:
    memory: Memory = context.application.bot_data["memory"]
    return memory


async def on_link(update: Update, context: Context) -> bool:
    """/link CODE: this chat becomes the moderators' chat of the group the code is for. Returns whether it was a code."""
    message, memory = update.message, _memory(context)
    code = " ".join(context.args or [])
    if message is None or message.from_user is None or not links.is_code(code):
        return False
    chat = await memory.write(links.use, code, message.from_user.id, message.chat.id)
    await memory.settle(update, lambda _: None)
    if chat is None:
        say = sentences((message.from_user.language_code or "en")[:2]).gettext
        await message.reply_text(texts.wrong_code(say))
    else:
        await message.reply_text(texts.linked(sentences(chat.language).gettext, chat.title))
    return True


async def on_forward(update: Update, context: Context) -> bool:
    """A message forwarded into a moderators' chat is spam that was missed. Returns whether it was such a forward."""
    message = update.message
    if message is None or message.forward_origin is None or message.chat.type not in GROUPS:
        return False
    return await take(update, context, message, message, OrderKind.SPAM)


async def take(update: Update, context: Context, message: Message, forward: Message, kind: OrderKind) -> bool:
    """Carry the order out on what was forwarded, in the groups read here that whoever wrote `message` moderates, if any."""
    memory, common = _memory(context), context.application.bot_data["common_chat"]
    theirs: list[Chat] = []
    actor = None
    for group in await memory.read(links.groups_of, message.chat.id, common):
        if (found := await rights.moderator(context.bot, message, group.external_id)) is not None:
            theirs, actor = [*theirs, group], found
    if actor is None:
        return False
    say = sentences(theirs[0].language).gettext
    if await _is_an_administrators(context, theirs, forward):
        await memory.settle(update, lambda _: None)
        await message.reply_text(texts.of_an_administrator(say))
        return True
    is_found = await memory.settle(update, partial(_missed, groups=theirs, forward=forward, kind=kind, actor=actor))
    await asyncio.to_thread(send.classify)
    await message.reply_text(texts.forward_taken(say, is_found, kind))
    return True


async def _is_an_administrators(context: Context, groups: list[Chat], forward: Message) -> bool:
    administrators: Administrators = context.application.bot_data["administrators"]
    author_id, _ = translate.origin(forward)
    return any([await administrators.speak(context.bot, group.external_id, author_id) for group in groups])


def _missed(session: Session, groups: list[Chat], forward: Message, kind: OrderKind, actor: Actor) -> bool:
    """Have the order carried out on the original; where it cannot be told which that was, only its words are learned."""
    author_id, sent_at = translate.origin(forward)
    found = []
    if author_id is not None:
        chat_ids = [group.id for group in groups]
        found = inbox.written_by(session, chat_ids, author_id, sent_at, visible.words(forward))
    if len(found) == 1:
        orders.give(session, Command(found[0], kind, actor.actor, actor.name))
        return True
    if kind in orders.LABELS:
        row = inbox.receive(session, translate.forwarded_words(forward))
        chats.on_telegram(session, forward.chat.id).mode = Mode.OBSERVE  # nobody here is acted on
        orders.give(session, Command(row, kind, actor.actor, actor.name))
    return False
