"""Replies that moderate: /spam, /ban, /mute, /warn and /ham by moderators; the slash may be left out."""

from __future__ import annotations

import asyncio
from functools import partial

from sqlalchemy.orm import Session
from telegram import Message, Update

from bot import reply_targets, rights, texts
from bot.adapter import GROUPS
from bot.context import Context
from bot.given_orders import Given, noted
from bot.handlers import notice_orders, person_commands, reports
from bot.handlers.removals import chat_of, remove_command
from bot.order_words import Word, word_of
from bot.reply_targets import NoTarget, Target
from bot.rights import Actor
from jobs import send
from storage.access import chats, links
from storage.access.people import Member
from storage.models import ActionKind, OrderKind
from storage.moderation import orders, person_orders, receiving, warnings
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
    if word.person:
        return await person_commands.on_word(update, context, message, word)
    if await context.database.read(links.is_moderators_chat, message.chat.id, context.common_chat_id):
        return await notice_orders.on_word(update, context, message, word)
    if word.order is None:
        return await reports.on_report(update, context, message, word)
    return await _on_moderators_word(update, context, message, word, word.order)


async def _on_moderators_word(update: Update, context: Context, message: Message, word: Word, kind: OrderKind) -> bool:
    actor = await rights.moderator(context.bot, message)
    if actor is None:
        return False
    if word.unsuitable is not None:
        return await notice_orders.refuse(update, context, message, partial(texts.unsuitable_length, word=word))
    target = NoTarget.MORE_WORDS if word.has_more else await reply_targets.target_of(context, message)
    if isinstance(target, Target) and target.verdict_id is not None:
        return await notice_orders.carry_out(update, context, message, Given(kind, word.term), target.verdict_id)
    if isinstance(target, Target) and await _fits(context, message, word, target):
        order = partial(_give, message=message, given=Given(kind, word.term), actor=actor, target=target)
        verdict_id, answer = await context.database.settle(update, order)
        await asyncio.to_thread(_ring, verdict_id)
        if answer:
            await message.reply_text(answer, allow_sending_without_reply=True)
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
    """Whether the word fits its target: people can only be banned or muted, and "ham" alone is an order where something can be undone."""
    if target.user_ids:
        return word.order in (OrderKind.SPAM, OrderKind.BAN, OrderKind.BAN_FOR_GOOD, OrderKind.MUTE)
    if word.order != OrderKind.HAM or word.is_command or message.reply_to_message is None:
        return True
    return await context.database.read(orders.can_be_undone, message.chat.id, message.reply_to_message.message_id)


async def _refuse(update: Update, context: Context, message: Message, reason: NoTarget) -> bool:
    chat = await context.database.settle(update, partial(chat_of, message=message))
    await message.reply_text(texts.no_target(sentences(chat.language).gettext, reason))
    return True


def _give(
    session: Session, message: Message, given: Given, actor: Actor, target: Target
) -> tuple[int | None, str | None]:
    """Store the order, have the command removed, and warn where that is the order.

    Returns the verdict to act on, if there is one, and what is answered.
    """
    chat = remove_command(session, message)
    if target.message is None:
        message_id = chats.number_in(chat, message.chat.id, target.service_message_id)
        person_orders.about_people(session, chat, message_id, target.user_ids, given.kind, given.term)
        return None, None
    author = target.message
    row_id = receiving.receive(session, author)
    receiving.name_author(session, row_id, author.author_id)
    if given.kind == OrderKind.WARN:
        warning = warnings.next_one(session, chat, row_id)
        text = texts.warned(sentences(chat.language).gettext, author.author_name, warning)
        about = {"user_id": author.author_id, "thread_id": author.thread_id}
        requests.ask_in_chat(session, chat.id, ActionKind.WARN, text=text, **about)
    verdict_id = orders.give(session, Command(row_id, given.kind, actor.actor, actor.name, given.term))
    if author.author_id is None or not given.is_answered:
        return verdict_id, None
    member = Member(author.author_id, author.author_name)
    return verdict_id, noted(chat, member, given)
