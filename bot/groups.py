"""Setting a group up without a file: the checklist, the menu of settings, the moderators' chat, the kill switch."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from sqlalchemy.orm import Session
from telegram import ChatMemberAdministrator, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden
from telegram.ext import ContextTypes

from bot import rights, texts, translate
from bot.memory import Memory
from bot.rights import Actor
from jobs import send
from jobs.buttons import ChoiceButton
from jobs.language import LANGUAGES, sentences
from storage.models import Chat, Mode, RunState, Strictness, now
from storage.queries import asking, chats, joins, links, runs, status, switches, versions

Context = ContextTypes.DEFAULT_TYPE
GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)
REPORTS = ("1", "2", "3", "5")
Answer = tuple[str, InlineKeyboardMarkup | None]
T = TypeVar("T")
Do = Callable[[Session, int, str, Actor], T]  # for one group, by its external id and title


def _memory(context: Context) -> Memory:
    memory: Memory = context.application.bot_data["memory"]
    return memory


async def on_private_start(update: Update, context: Context) -> None:
    """/start in private: what the bot is."""
    message = update.effective_message
    await _memory(context).settle(update, lambda _: None)
    if message is not None:
        language = (message.from_user.language_code or "en")[:2] if message.from_user else "en"
        await message.reply_text(texts.start(sentences(language).gettext))


async def on_start(update: Update, context: Context) -> bool:
    """/start by a moderator, in a group or where its moderators read: what the group has and what is missing.

    Returns whether it was a moderator's.
    """
    message, chats_of_theirs = update.effective_message, await _for_groups(update, context, _known)
    for chat in chats_of_theirs:
        if message is not None:
            await _check(context, message, chat)
    return bool(chats_of_theirs)


async def _check(context: Context, message: Message, chat: Chat) -> None:
    """Tell what a group has and what is missing; of one that others' moderators read in, that nobody there is judged."""
    say, common = sentences(chat.language).gettext, context.application.bot_data["common_chat"]
    if await _memory(context).read(links.is_moderators_chat, chat.external_id, common):
        await message.reply_text(texts.is_read_in(say, chat.title))
        return
    try:
        mine = await context.bot.get_chat_member(chat.external_id, context.bot.id)
    except (BadRequest, Forbidden):
        return
    if isinstance(mine, ChatMemberAdministrator):
        await _memory(context).write(_sees_joins, chat.external_id)
    site, sees_all = context.application.bot_data["site"], bool(context.bot.can_read_all_group_messages)
    is_read = chat.moderators_chat_id is not None or common is not None
    text = texts.checklist(say, chat, site, is_read, sees_all, *translate.may_delete_and_restrict(mine))
    link = ChoiceButton(chat.id, "link", "code").data
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton(say("Link a moderators' chat"), callback_data=link)]])
    await message.reply_text(text, reply_markup=keyboard)


def _known(session: Session, group: int, title: str, _actor: Actor) -> Chat:
    return chats.on_telegram(session, group, title)


def _sees_joins(session: Session, group: int) -> None:
    joins.see(chats.on_telegram(session, group))


async def on_settings(update: Update, context: Context) -> bool:
    """/settings, by a moderator: the menu."""
    return await _answer_for_groups(update, context, _menu)


async def on_status(update: Update, context: Context) -> bool:
    has_files = context.application.bot_data["has_files"]
    return await _answer_for_groups(update, context, partial(_status, has_files=has_files))


async def on_retrain(update: Update, context: Context) -> bool:
    is_asked = await _answer_for_groups(update, context, _retrain)
    if is_asked:
        await asyncio.to_thread(send.consider)
    return is_asked


async def on_pause(update: Update, context: Context) -> bool:
    return await _answer_for_groups(update, context, _pause)


async def on_resume(update: Update, context: Context) -> bool:
    return await _answer_for_groups(update, context, _resume)


async def _answer_for_groups(update: Update, context: Context, do: Do[Answer]) -> bool:
    """Do it for each group that is meant, and answer. Returns whether the person moderates any."""
    message, answers = update.message, await _for_groups(update, context, do)
    for text, keyboard in answers:
        if message is not None:
            await message.reply_text(text, reply_markup=keyboard)
    return bool(answers)


async def _for_groups(update: Update, context: Context, do: Do[T]) -> list[T]:
    """Do it for the group it is said in, or for each group whose moderators' chat this is, as far as the person moderates it.

    Where they moderate any, the update is settled.
    """
    message, memory = update.message, _memory(context)
    if message is None or message.chat.type not in GROUPS:
        return []
    read_here = await memory.read(links.groups_of, message.chat.id, context.application.bot_data["common_chat"])
    groups = [(chat.external_id, "") for chat in read_here] or [(message.chat.id, message.chat.title or "")]
    found: list[T] = []
    for group, title in groups:
        actor = await rights.moderator(context.bot, message, group)
        if actor is not None:
            found.append(await memory.write(do, group, title, actor))
    if found:
        await memory.settle(update, lambda _: None)
    return found


def _menu(session: Session, group: int, title: str, _actor: Actor) -> Answer:
    chat = chats.on_telegram(session, group, title)
    return menu(session, chat)


def menu(session: Session, chat: Chat) -> Answer:
    """The settings of a chat with a button for each choice, the chosen ones marked."""
    say = sentences(chat.language).gettext
    rows = [
        [(texts.mode_name(say, mode), "mode", str(mode), chat.mode == mode) for mode in Mode],
        [(texts.strictness_name(say, s), "strictness", str(s), chat.strictness == s) for s in Strictness],
        [(name, "language", code, chat.language == code) for code, name in LANGUAGES.items()],
        [(say("reports: {n}").format(n=n), "reports_needed", n, chat.reports_needed == int(n)) for n in REPORTS],
    ]
    keyboard = [
        [
            InlineKeyboardButton(f"• {label}" if chosen else label, callback_data=ChoiceButton(chat.id, *choice).data)
            for label, *choice, chosen in row
        ]
        for row in rows
    ]
    keyboard.append([InlineKeyboardButton(say("Link a moderators' chat"), callback_data=f"choose:{chat.id}:link:code")])
    return texts.menu(say, chat, _consequence(session, chat)), InlineKeyboardMarkup(keyboard)


def _consequence(session: Session, chat: Chat) -> str:
    """What the chosen strictness would have done last week, where the version that serves tells its thresholds."""
    champion = versions.champion(session)
    act = (champion.metrics.get("act", {}) if champion else {}).get(str(chat.strictness), {})
    if "threshold" not in act:
        return ""
    found = status.consequence(session, chat, act["threshold"])
    return texts.consequence(sentences(chat.language).gettext, found.removed, found.wrongly, found.judged)


def _status(session: Session, group: int, title: str, _actor: Actor, *, has_files: Callable[[str], bool]) -> Answer:
    chat = chats.on_telegram(session, group, title)
    say = sentences(chat.language).gettext
    told = f"{chat.title}\n{texts.status(say, status.of_chat(session, chat, has_files))}"
    return (f"{told}\n{texts.paused(say, chat)}" if chat.paused_at else told), None


def _pause(session: Session, group: int, title: str, actor: Actor) -> Answer:
    chat = chats.on_telegram(session, group, title)
    switches.pause(chat, actor.name)
    asking.stop_waiting(session, chat.id, now())
    return f"{chat.title}: {texts.paused(sentences(chat.language).gettext, chat)}", None


def _resume(session: Session, group: int, title: str, actor: Actor) -> Answer:
    chat = chats.on_telegram(session, group, title)
    switches.resume(chat, actor.name)
    return f"{chat.title}: {texts.resumed_by(sentences(chat.language).gettext, actor.name)}", None


def _retrain(session: Session, group: int, title: str, actor: Actor) -> Answer:
    chat = chats.on_telegram(session, group, title)
    run = runs.ask(session, f"{actor.name} (Telegram)")
    return texts.run_asked(sentences(chat.language).gettext, run.id, run.state == RunState.RUNNING), None
