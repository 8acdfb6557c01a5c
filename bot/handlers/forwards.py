"""Messages forwarded into a moderators' chat: spam that was missed."""

from __future__ import annotations

from functools import partial

from sqlalchemy.orm import Session
from telegram import Message, Update

from bot import adapter, bell, rights, texts, visible
from bot.adapter import GROUPS
from bot.context import Context
from bot.given_orders import Given
from bot.rights import Actor
from storage.access import chats, links
from storage.models import Chat, Mode, OrderKind
from storage.moderation import orders, receiving
from storage.moderation.orders import Command
from telegram_ui.language import sentences


async def on_forward(update: Update, context: Context) -> bool:
    """Take a moderator's forward as an order: it is spam. Returns whether it was such a forward."""
    message = update.message
    if message is None or message.forward_origin is None or message.chat.type not in GROUPS:
        return False
    return await carry_out(update, context, message, message, Given(OrderKind.SPAM))


async def carry_out(update: Update, context: Context, message: Message, forward: Message, given: Given) -> bool:
    """Give the order about what was forwarded, in the groups read here that the author of `message` moderates, if any."""
    database = context.database
    groups: list[Chat] = []
    actor: Actor | None = None
    for group in await database.read(links.groups_of, message.chat.id, context.common_chat_id):
        if (moderator := await rights.moderator(context.bot, message, group.external_id)) is not None:
            groups, actor = [*groups, group], moderator
    if actor is None:
        return False
    say = sentences(groups[0].language).gettext
    if await _is_by_an_administrator(context, groups, forward):
        await database.mark_handled(update)
        await message.reply_text(texts.of_an_administrator(say))
        return True
    is_identified = await database.settle(
        update, partial(_give, groups=groups, forward=forward, given=given, actor=actor)
    )
    bell.classify()
    await message.reply_text(texts.forward_taken(say, is_identified, given.kind))
    return True


async def _is_by_an_administrator(context: Context, groups: list[Chat], forward: Message) -> bool:
    author_id, _ = adapter.origin(forward)
    return any([await context.administrators.speak(context.bot, group.external_id, author_id) for group in groups])


def _give(session: Session, groups: list[Chat], forward: Message, given: Given, actor: Actor) -> bool:
    """Give the order about the original, or have the words alone learned where it is not clear which message that was."""
    author_id, sent_at = adapter.origin(forward)
    row_ids = []
    if author_id is not None:
        chat_ids = [group.id for group in groups]
        row_ids = receiving.written_by(session, chat_ids, author_id, sent_at, visible.words(forward))
    if len(row_ids) == 1:
        orders.give(session, Command(row_ids[0], given.kind, actor.actor, actor.name, given.term))
        return True
    if given.kind in orders.LABELS:
        row_id = receiving.receive(session, adapter.forwarded_words(forward))
        here = chats.on_telegram(session, forward.chat.id)
        chats.choose(session, here.id, "mode", Mode.OBSERVE, actor.actor)  # nobody here is acted on
        orders.give(session, Command(row_id, given.kind, actor.actor, actor.name))
    return False
