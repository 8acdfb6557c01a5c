"""Replies that moderate: /spam, /ban, /warn and /ham by moderators; the slash may be left out."""

from __future__ import annotations

import asyncio
from functools import partial

from sqlalchemy.orm import Session
from telegram import Message, Update

from bot import reply_targets, rights, texts
from bot.adapter import GROUPS
from bot.context import Context
from bot.handlers import notice_orders, reports
from bot.handlers.removals import chat_of, remove_command
from bot.order_words import Word, word_of
from bot.reply_targets import NoTarget, Target
from bot.rights import Actor
from jobs import send
from storage.access import chats, links
from storage.models import ActionKind, OrderKind
from storage.moderation import orders, receiving
from storage.moderation.orders import Command
from storage.moderation.requested_actions import requests
from telegram_ui.language import sentences


async def on_order(update: Update, context: Context) -> bool:
    """Carry out an order or count a report, or say why not. Returns whether it was one."""
    message = update.message or update.edited_message
    if message is None or message.chat.type not in GROUPS:
        return False
    word = word_of(message.text or message.caption, context.bot.username)
    is_plain = update.message is not None and message.text is not None
    if word is None or not (word.is_command or is_plain):
        return False
    if await context.database.read(links.is_moderators_chat, message.chat.id, context.common_chat_id):
        return await notice_orders.on_word(update, context, message, word)
    if word.order is None:
        return await reports.on_report(update, context, message, word)
    return await _on_moderators_word(update, context, message, word, word.order)


async def _on_moderators_word(update: Update, context: Context, message: Message, word: Word, kind: OrderKind) -> bool:
    actor = await rights.moderator(context.bot, message)
    if actor is None:
        return False
    target = NoTarget.MORE_WORDS if word.has_more else await reply_targets.target_of(context, message)
    if isinstance(target, Target) and target.verdict_id is not None:
        return await notice_orders.carry_out(update, context, message, kind, target.verdict_id)
    if isinstance(target, Target) and await _fits(context, message, word, target):
        verdict_id = await context.database.settle(
            update, partial(_give, message=message, kind=kind, actor=actor, target=target)
        )
        await asyncio.to_thread(_ring, verdict_id)
        return True
    reason = target if isinstance(target, NoTarget) else NoTarget.SERVICE
    return word.is_command and await _refuse(update, context, message, reason)


def _ring(verdict_id: int | None) -> None:
    """Have the actions process act on the verdict; without one, the worker judges what waits."""
    if verdict_id is None:
        send.classify()
    else:
        send.act(verdict_id)


async def _fits(context: Context, message: Message, word: Word, target: Target) -> bool:
    """Whether the word fits its target: people can only be banned, and "ham" alone is an order where something can be undone."""
    if target.user_ids:
        return word.order in (OrderKind.SPAM, OrderKind.BAN, OrderKind.BAN_FOR_GOOD)
    if word.order != OrderKind.HAM or word.is_command or message.reply_to_message is None:
        return True
    return await context.database.read(orders.can_be_undone, message.chat.id, message.reply_to_message.message_id)


async def _refuse(update: Update, context: Context, message: Message, reason: NoTarget) -> bool:
    chat = await context.database.settle(update, partial(chat_of, message=message))
    await message.reply_text(texts.no_target(sentences(chat.language).gettext, reason))
    return True


def _give(session: Session, message: Message, kind: OrderKind, actor: Actor, target: Target) -> int | None:
    """Store the order, have the command removed, and warn where that is the order. Returns the verdict to act on, if there is one."""
    chat = remove_command(session, message)
    if target.message is None:
        message_id = chats.number_in(chat, message.chat.id, target.service_message_id)
        orders.about_people(session, chat, message_id, target.user_ids, kind)
        return None
    row_id = receiving.receive(session, target.message)
    receiving.name_author(session, row_id, target.message.author_id)
    if kind == OrderKind.WARN:
        warning = texts.warned(sentences(chat.language).gettext, target.message.author_name)
        requests.ask_in_chat(session, chat.id, ActionKind.WARN, text=warning, thread_id=target.message.thread_id)
    return orders.give(session, Command(row_id, kind, actor.actor, actor.name))
