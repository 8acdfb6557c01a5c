"""Moderators' commands, for the group they are given in or for the groups whose moderators read there.

Each returns whether the person moderates such a group; what others write behind a command's name is a message like any other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from sqlalchemy.orm import Session
from telegram import ChatMemberAdministrator, InlineKeyboardMarkup, Message, Update
from telegram.error import BadRequest, Forbidden

from bot import memberships, rights, texts
from bot.adapter import GROUPS
from bot.context import Context
from bot.handlers import settings_menu
from bot.handlers.presses import Answer
from bot.rights import Actor
from jobs import send
from storage.access import chats, joins, links, switches
from storage.learning import runs
from storage.models import Chat, RunState, now
from storage.moderation.requested_actions import requests
from storage.views import status
from telegram_ui.language import sentences

T = TypeVar("T")
Do = Callable[[Session, Chat, Actor], T]  # for one group


@dataclass(frozen=True)
class Group:
    """A group that a command is for, and the moderator who gave it."""

    external_id: int
    title: str
    actor: Actor


async def on_start(update: Update, context: Context) -> bool:
    """/start: what each group has and what is missing."""
    message, groups = update.message, await for_groups(update, context, _itself)
    for chat in groups:
        if message is not None:
            await _check(context, message, chat)
    return bool(groups)


def _itself(_session: Session, chat: Chat, _actor: Actor) -> Chat:
    return chat


async def _check(context: Context, message: Message, chat: Chat) -> None:
    """Say what a group has and what is missing; of a moderators' chat, that nothing there is judged."""
    say, common_chat_id = sentences(chat.language).gettext, context.common_chat_id
    if await context.database.read(links.is_moderators_chat, chat.external_id, common_chat_id):
        await message.reply_text(texts.is_read_in(say, chat.title))
        return
    try:
        own_membership = await context.bot.get_chat_member(chat.external_id, context.bot.id)
    except (BadRequest, Forbidden):
        return
    is_administrator = isinstance(own_membership, ChatMemberAdministrator)
    if is_administrator:
        await context.database.write(_note_that_joins_are_reported, chat.external_id)
    sees_all = bool(context.bot.can_read_all_group_messages)
    is_read = chat.moderators_chat_id is not None or common_chat_id is not None
    own_rights = memberships.may_delete_and_restrict(own_membership)
    text = texts.checklist(say, chat, context.site, is_read, sees_all, *own_rights, is_administrator)
    await message.reply_text(text, reply_markup=InlineKeyboardMarkup([[settings_menu.link_button(say, chat)]]))


def _note_that_joins_are_reported(session: Session, chat_external_id: int) -> None:
    joins.see(chats.on_telegram(session, chat_external_id))


async def on_settings(update: Update, context: Context) -> bool:
    """/settings: the menu."""
    return await answer_for_groups(update, context, lambda session, chat, _: settings_menu.menu(session, chat))


async def on_status(update: Update, context: Context) -> bool:
    """/status: the last days in figures, and the model."""
    return await answer_for_groups(update, context, partial(_status, has_files=context.has_files))


def _status(session: Session, chat: Chat, _actor: Actor, *, has_files: Callable[[str], bool]) -> Answer:
    say = sentences(chat.language).gettext
    text = f"{chat.title}\n{texts.status(say, status.of_chat(session, chat, has_files))}"
    return (f"{text}\n{texts.paused(say, chat)}" if chat.paused_at else text), None


async def on_pause(update: Update, context: Context) -> bool:
    """/pause: nothing is done by itself any more, nor what waits to be done."""
    return await answer_for_groups(update, context, _pause)


def _pause(session: Session, chat: Chat, actor: Actor) -> Answer:
    switches.pause(chat, actor.name)
    requests.stop_waiting(session, chat.id, now())
    return f"{chat.title}: {texts.paused(sentences(chat.language).gettext, chat)}", None


async def on_resume(update: Update, context: Context) -> bool:
    """/resume: act again."""
    return await answer_for_groups(update, context, _resume)


def _resume(_session: Session, chat: Chat, actor: Actor) -> Answer:
    switches.resume(chat, actor.name)
    return f"{chat.title}: {texts.resumed_by(sentences(chat.language).gettext, actor.name)}", None


async def on_retrain(update: Update, context: Context) -> bool:
    """/retrain: ask for a training run."""
    is_requested = await answer_for_groups(update, context, _retrain)
    if is_requested:
        await asyncio.to_thread(send.consider)
    return is_requested


def _retrain(session: Session, chat: Chat, actor: Actor) -> Answer:
    run = runs.ask(session, f"{actor.name} (Telegram)")
    return texts.run_asked(sentences(chat.language).gettext, run.id, run.state == RunState.RUNNING), None


async def answer_for_groups(update: Update, context: Context, do: Do[Answer]) -> bool:
    """Do it for each group that is meant, and answer. Returns whether the person moderates any."""
    message, answers = update.message, await for_groups(update, context, do)
    for text, keyboard in answers:
        if message is not None:
            await message.reply_text(text, reply_markup=keyboard)
    return bool(answers)


async def for_groups(update: Update, context: Context, do: Do[T]) -> list[T]:
    """Do it for the group the command is given in, or for each group whose moderators' chat this is, where the person moderates it.

    Where they moderate any, the update is settled.
    """
    groups = await moderated_groups(context, update.message) if update.message is not None else []
    if not groups:
        return []
    return await context.database.settle(
        update, lambda session: [_do_for_group(session, do, group) for group in groups]
    )


async def moderated_groups(context: Context, message: Message) -> list[Group]:
    """The group that a command is given in, or those whose moderators' chat this is, where the person moderates them now."""
    if message.chat.type not in GROUPS:
        return []
    read_here = await context.database.read(links.groups_of, message.chat.id, context.common_chat_id)
    groups = [(chat.external_id, "") for chat in read_here] or [(message.chat.id, message.chat.title or "")]
    actors = [(await rights.moderator(context.bot, message, group[0]), *group) for group in groups]
    return [Group(external_id, title, actor) for actor, external_id, title in actors if actor is not None]


def _do_for_group(session: Session, do: Do[T], group: Group) -> T:
    return do(session, chats.on_telegram(session, group.external_id, group.title), group.actor)
