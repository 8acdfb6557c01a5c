"""Reactions: those of people who never wrote are counted where the chat wants that, and a button decides about who had many."""

from __future__ import annotations

from functools import partial

from sqlalchemy.orm import Session
from telegram import CallbackQuery, Update

from bot import reacting, texts
from bot.context import Context
from bot.handlers import presses
from storage.access import chats, links
from storage.moderation import reactors
from storage.moderation.reactors import Reacted
from telegram_ui.buttons import ReactorButton
from telegram_ui.language import sentences


async def on_reaction(update: Update, context: Context) -> bool:
    """Count the reaction, unless its author speaks for the group. Returns whether the update is about reactions."""
    changed = update.message_reaction
    if changed is None:
        return False
    reacted, external_id = reacting.reacted(update), changed.chat.id
    is_watched = reacted is not None and await context.database.read(_watches, external_id, context.common_chat_id)
    if (
        reacted is None
        or not is_watched
        or await context.administrators.speak(context.bot, external_id, reacted.user_id)
    ):
        await context.database.mark_handled(update)
    else:
        await context.database.settle(update, partial(_note, external_id=external_id, reacted=reacted))
    return True


def _watches(session: Session, external_id: int, common_chat_id: int | None) -> bool:
    is_moderators = links.is_moderators_chat(session, external_id, common_chat_id)
    return not is_moderators and reactors.watching(session, external_id) is not None


def _note(session: Session, external_id: int, reacted: Reacted) -> None:
    if (chat := reactors.watching(session, external_id)) is not None:
        reactors.note(session, chat, reacted)


async def on_press(update: Update, context: Context, query: CallbackQuery, button: ReactorButton) -> None:
    """Ban who reacted, or leave it, if the person moderates the chat now; whoever comes second learns who decided."""
    chat = await presses.moderated_chat(update, context, query, button.chat_id)
    if chat is None:
        return
    say = sentences(chat.language).gettext
    if button.bans and await context.administrators.speak(context.bot, chat.external_id, button.user_id):
        await presses.refuse(update, context, query, texts.reactor_is_administrator(say))
        return
    user = query.from_user
    actor = {"actor": f"telegram:{user.id}", "name": user.full_name}

    def decide(session: Session) -> reactors.Decision | None:
        return reactors.decide(session, chats.get(session, chat.id), button.user_id, bans=button.bans, **actor)

    decision = await context.database.settle(update, decide)
    if decision is None:
        await presses.answer(query, texts.unknown_notice(say))
    else:
        await presses.answer(query, texts.reactor_decided(say, decision), is_alert=not decision.is_new)
