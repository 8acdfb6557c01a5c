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

from bot import rights, texts
from bot.memory import Memory
from jobs import send
from jobs.language import sentences
from storage.errors import StorageError
from storage.models import ActionKind, Explanation
from storage.queries import asking, chats, explanations, judged
from storage.queries.judged import Judged

Context = ContextTypes.DEFAULT_TYPE
PATIENCE_SECONDS, LOOK_EVERY_SECONDS = 8.0, 0.2  # for the worker's answer, which takes a second where it rests

log = structlog.get_logger()


async def on_why(update: Update, context: Context) -> bool:
    """/why, as a moderator's reply to a message: what its verdict rests on. Returns whether it was that."""
    message, memory = update.message, _memory(context)
    if message is None or message.reply_to_message is None or await rights.moderator(context.bot, message) is None:
        return False
    found, language = await memory.settle(update, partial(_asked, message=message))
    if found is None:
        await message.reply_text(texts.not_judged(sentences(language).gettext))
        return True
    await asyncio.to_thread(send.explain, found.verdict_id)
    tell_later(context, message, found)
    return True


def _asked(session: Session, message: Message) -> tuple[Judged | None, str]:
    """The verdict on the message that this one answers, with its explanation asked for; and the chat's language."""
    chat = chats.on_telegram(session, message.chat.id, message.chat.title or "")
    asking.errand(session, chat.id, ActionKind.REMOVE, message_id=message.message_id)
    found = judged.on_message(session, chat.id, message.reply_to_message.message_id if message.reply_to_message else 0)
    if found is not None:
        explanations.ask(session, found.verdict_id)
    return found, chat.language


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
        await beside.chat.send_message(head + quoted, entities=[hidden] if quoted else None)
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
