"""Why a message was flagged: the worker is asked, and its answer is sent when it is there."""

from __future__ import annotations

import asyncio
import time
from functools import partial

import structlog
from sqlalchemy.orm import Session
from telegram import Message, MessageEntity, Update
from telegram.error import TelegramError

from bot import reply_targets, rights, texts
from bot.context import Context
from bot.database import Database
from jobs import send
from storage.access import chats
from storage.errors import StorageError, UnknownVerdict
from storage.models import ActionKind, Explanation
from storage.moderation import explanations, verdicts
from storage.moderation.requested_actions import requests
from storage.moderation.verdicts import JudgedMessage
from telegram_ui.language import sentences
from telegram_ui.lengths import spoiler

LONGEST_WAIT_SECONDS, POLL_SECONDS = 8.0, 0.2  # for the worker's answer, which an idle worker gives within a second

log = structlog.get_logger()


async def on_why(update: Update, context: Context) -> bool:
    """/why, as a moderator's reply to a message or to its notice. Returns whether it was that."""
    message, database = update.message, context.database
    if message is None or message.reply_to_message is None:
        return False
    verdict_id = reply_targets.verdict_shown_by(message.reply_to_message, context.bot.id)
    if not await _may_ask(context, message, verdict_id):
        return False
    judged, language = await database.settle(update, partial(_ask, message=message, verdict_id=verdict_id))
    if judged is None:
        await message.reply_text(texts.not_judged(sentences(language).gettext))
        return True
    await asyncio.to_thread(send.explain, judged.verdict_id)
    explain_later(context, message, judged)
    return True


async def _may_ask(context: Context, message: Message, verdict_id: int | None) -> bool:
    group = message.chat.id
    if verdict_id is not None:
        try:
            group = (await context.database.read(verdicts.verdict, verdict_id)).chat_external_id
        except UnknownVerdict:
            return False
    return await rights.moderator(context.bot, message, group) is not None


def _ask(session: Session, message: Message, verdict_id: int | None) -> tuple[JudgedMessage | None, str]:
    """Ask for an explanation of the verdict on the message that this one answers, and return it with the chat's language."""
    judged = verdicts.verdict(session, verdict_id) if verdict_id is not None else _replied_to(session, message)
    if judged is None:
        return None, chats.language(session, message.chat.id)
    if judged.chat_external_id == message.chat.id:  # in a moderators' chat the command stays
        requests.ask_in_chat(session, judged.chat_id, ActionKind.REMOVE, message_id=message.message_id)
    explanations.ask(session, judged.verdict_id)
    return judged, judged.language


def _replied_to(session: Session, message: Message) -> JudgedMessage | None:
    chat = chats.on_telegram(session, message.chat.id, message.chat.title or "")
    message_id = message.reply_to_message.message_id if message.reply_to_message else 0
    return verdicts.on_message(session, chat.id, chats.number_in(chat, message.chat.id, message_id))


def explain_later(context: Context, beside: Message, judged: JudgedMessage) -> None:
    """Send the explanation to the chat of `beside` when the worker has given it; meanwhile the bot goes on."""
    task = asyncio.get_running_loop().create_task(_explain(context.database, beside, judged))
    context.explanations.add(task)  # a task that nothing refers to may be collected
    task.add_done_callback(context.explanations.discard)


async def _explain(database: Database, beside: Message, judged: JudgedMessage) -> None:
    try:
        explanation = await _answered(database, judged.verdict_id)
        head, quoted = texts.explained(sentences(judged.language).gettext, judged, explanation)
        entities: list[MessageEntity] | None = [spoiler(head, quoted)] if quoted else None
        topic_id = beside.message_thread_id if beside.is_topic_message else None
        await beside.chat.send_message(head + quoted, entities=entities, message_thread_id=topic_id)
    except (TelegramError, StorageError) as error:
        log.warning("an explanation could not be told", reason=f"{type(error).__name__}: {error}")


async def _answered(database: Database, verdict_id: int) -> Explanation | None:
    """The worker's answer, or None where it takes too long."""
    deadline = time.monotonic() + LONGEST_WAIT_SECONDS
    while time.monotonic() < deadline:
        explanation = await database.read(explanations.of, verdict_id)
        if explanation is not None and explanation.answered_at is not None:
            return explanation
        await asyncio.sleep(POLL_SECONDS)
    return None
