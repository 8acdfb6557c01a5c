"""A member's /report, in reply to a message; the slash may be left out."""

from __future__ import annotations

from functools import partial

from sqlalchemy.orm import Session
from telegram import Message, Update
from telegram.error import TelegramError

from bot import bell, reply_targets, texts
from bot.context import Context
from bot.handlers.removals import chat_of, remove_command
from bot.order_words import Word
from bot.reply_targets import NoTarget, Target
from storage.moderation import receiving, reports
from storage.moderation.reports import Outcome
from telegram_ui.language import sentences


async def on_report(update: Update, context: Context, message: Message, word: Word) -> bool:
    """Count the report; the group stays quiet, and the member is told in private. Returns whether it was one."""
    database = context.database
    if message.from_user is None or message.sender_chat is not None:
        return False
    if word.has_more and not await database.write(_may_report, message):
        return False  # what others write behind a command is judged
    target = await reply_targets.target_of(context, message)
    if not isinstance(target, Target) or target.message is None:
        if not word.is_command or target == NoTarget.NO_REPLY:
            return False
        language = await database.settle(update, lambda session: remove_command(session, message).language)
        await _tell_reporter(message, texts.cannot_be_reported(sentences(language).gettext))
        return True
    outcome, language = await database.settle(update, partial(_report, message=message, target=target))
    bell.classify()
    await _tell_reporter(message, texts.reported(sentences(language).gettext, outcome))
    return True


def _may_report(session: Session, message: Message) -> bool:
    return message.from_user is not None and reports.may(session, chat_of(session, message), message.from_user.id)


def _report(session: Session, message: Message, target: Target) -> tuple[Outcome, str]:
    """Count the report of the message it replies to, and have the command removed. Returns the chat's language too."""
    chat = remove_command(session, message)
    reporter_id = message.from_user.id if message.from_user else 0
    if target.message is None:
        return Outcome.NO_STANDING, chat.language
    if (refused := reports.refusal(session, chat, reporter_id)) is not None:
        return refused, chat.language
    return reports.report(session, receiving.receive(session, target.message), reporter_id), chat.language


async def _tell_reporter(message: Message, text: str) -> None:
    """Tell the member alone, in private, where they have begun a conversation with the bot."""
    try:
        if message.from_user is not None:
            await message.get_bot().send_message(message.from_user.id, text)
    except TelegramError:  # they never wrote to the bot; a report needs no answer
        return
