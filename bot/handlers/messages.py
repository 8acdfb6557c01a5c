"""A member's message, or the edit of one: a row that waits for its verdict."""

from __future__ import annotations

import asyncio
from functools import partial

from sqlalchemy.orm import Session
from telegram import Update

from bot import adapter, bell
from bot.context import Context
from jobs import send
from storage.access import chats, links
from storage.models import Sign
from storage.moderation import pictures, receiving
from storage.moderation.receiving import Incoming


async def on_message(update: Update, context: Context) -> bool:
    """Store the message or edit, then ring the bell of whoever is next. Returns whether it was one."""
    incoming = adapter.incoming(update)
    if incoming is None:
        return False
    if await context.administrators.speak(context.bot, incoming.chat_external_id, incoming.author_id):
        await context.database.settle(update, partial(_note_chat, incoming=incoming))
        return True
    receive = partial(_receive, incoming=incoming, common_chat_id=context.common_chat_id)
    waits_for_picture = await context.database.settle(update, receive)
    if waits_for_picture:
        await asyncio.to_thread(send.read_pictures)
    else:
        bell.classify()
    return True


def _note_chat(session: Session, incoming: Incoming) -> None:
    """Of what the group's administrators say nothing but its chat is stored."""
    chats.on_telegram(session, incoming.chat_external_id, incoming.chat_title)


def _receive(session: Session, incoming: Incoming, common_chat_id: int | None) -> bool:
    """What moderators say among themselves is not judged. Returns whether the message waits for its picture."""
    if links.is_moderators_chat(session, incoming.chat_external_id, common_chat_id):
        return False
    row = receiving.receive(session, incoming)
    return Sign.PICTURE in incoming.signs and pictures.holds_up(session, row)
