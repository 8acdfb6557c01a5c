"""/help: in private for everybody; in a group and in a moderators' chat as it fits the person who asks."""

from __future__ import annotations

import time

from sqlalchemy.orm import Session
from telegram import Message, Update
from telegram.error import TelegramError

from bot import texts
from bot.context import Context
from bot.handlers.group_commands import for_groups
from bot.handlers.removals import chat_of, remove_command
from bot.rights import Actor
from storage.access import links
from storage.models import Chat
from telegram_ui.language import language_of, sentences

ANSWERS_EVERY_SECONDS = 60.0  # in one group: each answer is a message that everybody sees


async def on_help_in_private(update: Update, context: Context) -> bool:
    """/help in private: what this person can do here and in groups."""
    await context.database.mark_handled(update)
    if update.message is not None:
        user = update.message.from_user
        say = sentences(language_of(user.language_code if user else None)).gettext
        await update.message.reply_text(texts.help_in_private(say))
    return True


async def on_help(update: Update, context: Context) -> bool:
    """/help in a group: all commands for its moderators; what members can do for everybody else."""
    message = update.message
    if message is None or context.args:
        return False
    languages = await for_groups(update, context, _language)
    if languages:
        await message.reply_text(texts.help_for_moderators(sentences(languages[0]).gettext))
        return True
    return await _help_member(update, context, message)


def _language(_session: Session, chat: Chat, _actor: Actor) -> str:
    return chat.language


async def _help_member(update: Update, context: Context, message: Message) -> bool:
    """The group stays quiet: a member is answered in private where possible. Returns whether it was a member."""
    database = context.database
    if message.from_user is None or message.sender_chat is not None:
        return False
    if await database.read(links.is_moderators_chat, message.chat.id, context.common_chat_id):
        return False
    language = await database.settle(update, lambda session: _language_of_group(session, message))
    text = texts.help_for_members(sentences(language).gettext)
    try:
        await context.bot.send_message(message.from_user.id, text)
    except TelegramError:  # they never wrote to the bot
        await _answer_in_group(context, message, text)
    return True


def _language_of_group(session: Session, message: Message) -> str:
    """The group's language; the command is removed if it names this bot, for without a name it may be for another one."""
    is_addressed = "@" in (message.text or "")
    return (remove_command if is_addressed else chat_of)(session, message).language


async def _answer_in_group(context: Context, message: Message, text: str) -> None:
    """Answer where all can read, but not again and again."""
    answered_at, moment = context.help_answered_at, time.monotonic()
    if moment - answered_at.get(message.chat.id, -ANSWERS_EVERY_SECONDS) >= ANSWERS_EVERY_SECONDS:
        answered_at[message.chat.id] = moment
        await context.bot.send_message(message.chat.id, text, message_thread_id=_topic(message))


def _topic(message: Message) -> int | None:
    return message.message_thread_id if message.is_topic_message else None
