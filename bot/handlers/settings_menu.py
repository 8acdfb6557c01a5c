"""The menu of a group's settings, and a press in it: one thing chosen, or a code that links a moderators' chat."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session
from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Update

from bot import texts
from bot.context import Context
from bot.handlers import policies_menu, presses
from bot.handlers.presses import Answer
from storage import rules
from storage.access import chats, links
from storage.errors import EnforceTooSoon
from storage.learning import versions
from storage.models import Chat, Mode, Strictness
from storage.views import status
from storage.views.status import Consequence
from telegram_ui.buttons import ChoiceButton
from telegram_ui.language import LANGUAGES, sentences

REPORTS = ("1", "2", "3", "5")  # that show a message to moderators
COLUMNS = {"enforce": "mode"}  # what a button chooses, where that is not the column's name


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
        [_button(f"• {label}" if is_chosen else label, chat, *choice) for label, *choice, is_chosen in row]
        for row in rows
    ]
    keyboard.append([link_button(say, chat), policies_menu.opening(say, chat)])
    return texts.menu(say, chat, _consequence(session, chat)), InlineKeyboardMarkup(keyboard)


def link_button(say: texts.Say, chat: Chat) -> InlineKeyboardButton:
    """The button that gives a code for the moderators' chat."""
    return _button(say("Link a moderators' chat"), chat, "link", "code")


def _button(label: str, chat: Chat, what: str, value: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=ChoiceButton(chat.id, what, value).data)


def _consequence(session: Session, chat: Chat) -> str:
    """What the chosen strictness would have done last week, if the champion's metrics hold its threshold."""
    champion = versions.champion(session)
    metrics = (champion.metrics.get("act", {}) if champion else {}).get(str(chat.strictness), {})
    if "threshold" not in metrics:
        return ""
    counts = status.consequence(session, chat, metrics["threshold"])
    return texts.consequence(sentences(chat.language).gettext, counts.removed, counts.wrongly, counts.judged)


async def on_choice(update: Update, context: Context, query: CallbackQuery, choice: ChoiceButton) -> None:
    """Choose it if the person moderates the chat now, and show the menu as it is then."""
    chat = await presses.moderated_chat(update, context, query, choice.chat_id)
    if chat is None:
        return
    if choice.what == "link":
        await _give_link_code(update, context, query, chat)
        return
    if (choice.what, choice.value) == ("mode", Mode.ENFORCE) and chat.mode != Mode.ENFORCE:
        await _offer_enforce(update, context, query, chat)
        return
    value = _value_of(choice)
    if value is None:
        await context.database.mark_handled(update)
        return

    def choose(session: Session) -> Answer:
        if choice.what == "menu":
            return menu(session, chats.get(session, chat.id))
        column = COLUMNS.get(choice.what, choice.what)
        return menu(session, chats.choose(session, chat.id, column, value, f"telegram:{query.from_user.id}"))

    try:
        answer = await context.database.settle(update, choose)
    except EnforceTooSoon:  # an old button: corrections were withdrawn since it was offered
        await _offer_enforce(update, context, query, chat)
        return
    await presses.show(query, answer)


def _value_of(choice: ChoiceButton) -> Any:
    """The value a button stands for, or None where it stands for nothing that can be chosen."""
    try:
        if choice.what == "mode":
            return Mode(choice.value)
        if choice.what == "strictness":
            return Strictness(choice.value)
    except ValueError:
        return None
    if choice.what == "enforce":
        return Mode.ENFORCE
    if choice.what == "menu":
        return choice.value
    if choice.what == "language":
        return choice.value if choice.value in LANGUAGES else None
    if choice.what == "reports_needed":
        return int(choice.value) if choice.value in REPORTS else None
    return None


async def _give_link_code(update: Update, context: Context, query: CallbackQuery, chat: Chat) -> None:
    code = await context.database.settle(update, lambda session: links.new_code(session, chat.id, query.from_user.id))
    await presses.answer(query, texts.link_code(sentences(chat.language).gettext, code))


async def _offer_enforce(update: Update, context: Context, query: CallbackQuery, chat: Chat) -> None:
    """Offer acting without asking to a chat that has taught enough, with what it would have done so far."""
    say = sentences(chat.language).gettext

    def look(session: Session) -> tuple[int, Consequence]:
        return chats.accepted_corrections(session, chat), status.replay(session, chat)

    n_corrections, consequence = await context.database.settle(update, look)
    if n_corrections < rules.ENFORCE_AFTER:
        await presses.answer(query, texts.enforce_needs_corrections(say, n_corrections, rules.ENFORCE_AFTER))
        return
    row = [_button(say("Enforce from now on"), chat, "enforce", "yes"), _button(say("Back"), chat, "menu", "show")]
    await presses.show(query, (texts.replayed(say, consequence), InlineKeyboardMarkup([row])))
