"""Why a message was flagged: told at once in short, and in full when the worker has looked."""

from __future__ import annotations

import asyncio
import time
from functools import partial

import structlog
from sqlalchemy.orm import Session
from telegram import Message, MessageEntity, Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot import meant, rights, texts
from bot.memory import Memory
from jobs import send
from jobs.language import sentences
from storage.errors import StorageError, UnknownVerdict
from storage.models import ActionKind, Explanation
from storage.queries import asking, chats, explanations, judged
from storage.queries.judged import Judged

Context = ContextTypes.DEFAULT_TYPE
PATIENCE_SECONDS, LOOK_EVERY_SECONDS = 8.0, 0.2  # for the worker's answer, which takes a second where it rests

log = structlog.get_logger()


async def on_why(update: Update, context: Context) -> bool:
    """/why, as a moderator's reply to a message or to its notice: what its verdict rests on. Returns whether it was that."""
    message, memory = update.message, _memory(context)
    shown = meant.shown(message.reply_to_message, context.bot.id) if message is not None else None
    if message is None or message.reply_to_message is None or not await _may_ask(context, message, shown):
        return False
    found, language = await memory.settle(update, partial(_asked, message=message, shown=shown))
    if found is None:
        await message.reply_text(texts.not_judged(sentences(language).gettext))
        return True
    await asyncio.to_thread(send.explain, found.verdict_id)
    tell_later(context, message, found)
    return True


async def _may_ask(context: Context, message: Message, shown: int | None) -> bool:
    group = message.chat.id
    if shown is not None:
        try:
            group = (await _memory(context).read(judged.verdict, shown)).chat_external_id
        except UnknownVerdict:
            return False
    return await rights.moderator(context.bot, message, group) is not None


def _asked(session: Session, message: Message, shown: int | None) -> tuple[Judged | None, str]:
    """The verdict on the message that this one answers, with its explanation asked for; and the chat's language."""
    found = judged.verdict(session, shown) if shown is not None else _judged_in(session, message)
    if found is None:
        return None, chats.language(session, message.chat.id)
    if found.chat_external_id == message.chat.id:  # among moderators the question stays
        asking.errand(session, found.chat_id, ActionKind.REMOVE, message_id=message.message_id)
    explanations.ask(session, found.verdict_id)
    return found, found.language


def _judged_in(session: Session, message: Message) -> Judged | None:
    chat = chats.on_telegram(session, message.chat.id, message.chat.title or "")
    number = message.reply_to_message.message_id if message.reply_to_message else 0
    return judged.on_message(session, chat.id, chats.number_in(chat, message.chat.id, number))


def tell_later(context: Context, beside: Message, found: Judged) -> None:
    """Answer `beside` when the worker has explained the verdict; the bot hears on meanwhile."""
    pending: set[asyncio.Task[None]] = context.application.bot_data.setdefault("explaining", set())
    task = asyncio.get_running_loop().create_task(_tell(_memory(context), beside, found))
    pending.add(task)  # a task nobody holds may be collected
    task.add_done_callback(pending.discard)


async def _tell(memory: Memory, beside: Message, found: Judged) -> None:
    try:
        answer = await _answered(memory, found.verdict_id)
        say = sentences(found.language).gettext
        head, quoted = texts.explained(say, found, answer)
        hidden = MessageEntity(MessageEntity.SPOILER, offset=texts.utf16(head), length=texts.utf16(quoted))
        topic = beside.message_thread_id if beside.is_topic_message else None
        await beside.chat.send_message(head + quoted, entities=[hidden] if quoted else None, message_thread_id=topic)
    except (TelegramError, StorageError) as error:
        log.warning("an explanation could not be told", reason=f"{type(error).__name__}: {error}")


async def _answered(memory: Memory, verdict_id: int) -> Explanation | None:
    """The worker's answer, or None where it takes too long."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = await memory.read(explanations.of, verdict_id)
        if found is not None and found.answered_at is not None:
            return found
        await asyncio.sleep(LOOK_EVERY_SECONDS)
    return None


def _memory(context: Context) -> Memory:
    memory: Memory = context.application.bot_data["memory"]
    return memory
