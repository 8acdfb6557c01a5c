"""The second part of a group's menu: what it has chosen beyond its mode, with a page for each choice."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session
from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Update

from bot import texts
from bot.context import Context
from bot.handlers import presses
from bot.handlers.presses import Answer
from storage.access import chats
from storage.models import Chat
from telegram_ui.buttons import ChoiceButton, PolicyButton
from telegram_ui.choices import Choice, choice, choices, unavailable
from telegram_ui.language import sentences

MANY = 8  # values of one choice


def opening(say: texts.Say, chat: Chat) -> InlineKeyboardButton:
    """The button of the menu that opens this part."""
    return _button(say("More settings"), PolicyButton(chat.id))


def _button(label: str, button: PolicyButton | ChoiceButton) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=button.data)


async def on_press(update: Update, context: Context, query: CallbackQuery, pressed: PolicyButton) -> None:
    """Choose what was pressed if the person moderates the chat now, and show the page that follows."""
    chat = await presses.moderated_chat(update, context, query, pressed.chat_id)
    if chat is None:
        return
    by = f"telegram:{query.from_user.id}"
    page = await context.database.settle(update, lambda session: _chosen(session, pressed, by))
    await presses.show(query, page)


def _chosen(session: Session, pressed: PolicyButton, by: str) -> Answer:
    chat = chats.get(session, pressed.chat_id)
    say = sentences(chat.language).gettext
    one, idle = choice(say, pressed.field), unavailable(session, say)
    if one is None:
        return _all(say, chat, idle)
    if pressed.word not in one.offered(is_operator=False):
        return _values(say, chat, one, idle.get(one.field, ""))
    return _all(say, chats.choose(session, chat.id, one.field, pressed.word, by), idle)


def _all(say: texts.Say, chat: Chat, idle: Mapping[str, str]) -> Answer:
    """Every choice with what is chosen, and a button for each; `idle` says why some do nothing."""
    every, settings = choices(say), chat.chosen
    reasons = {field: f" ({reason})" for field, reason in idle.items()}
    lines = [f"{one.title}: {one.label(settings)}{reasons.get(one.field, '')}" for one in every]
    rows = [[_button(one.title, PolicyButton(chat.id, one.field))] for one in every]
    rows.append([_button(say("Back"), ChoiceButton(chat.id, "menu", "show"))])
    title = say("More settings of {chat}").format(chat=chat.title)
    return "\n".join([title, "", *lines]), InlineKeyboardMarkup(rows)


def _values(say: texts.Say, chat: Chat, one: Choice, problem: str) -> Answer:
    """One choice with a button for each of its values, the chosen one marked; short ones share rows where there are many."""
    current = one.current(chat.chosen)
    buttons = [
        _button(f"• {label}" if word == current else label, PolicyButton(chat.id, one.field, word))
        for word, label in one.offered(is_operator=False).items()
    ]
    columns = 2 if len(buttons) > MANY else 1
    rows = [buttons[n : n + columns] for n in range(0, len(buttons), columns)]
    rows.append([_button(say("Back"), PolicyButton(chat.id))])
    return f"{chat.title}\n{one.title}\n{problem}".strip(), InlineKeyboardMarkup(rows)
