"""A button under the notice of a held message: let in or refused, left or deleted."""

from __future__ import annotations

from functools import partial

from telegram import CallbackQuery, Update

from bot import texts
from bot.context import Context
from bot.handlers import presses
from storage.errors import UnknownHold
from storage.models import HoldState
from storage.moderation import held_messages
from telegram_ui.buttons import HoldButton
from telegram_ui.language import language_of, sentences


async def on_press(update: Update, context: Context, query: CallbackQuery, button: HoldButton) -> None:
    """Decide about the message if the person moderates its group now; whoever comes second learns who decided."""
    user = query.from_user
    try:
        message, chat, hold = await context.database.read(held_messages.concerned, button.message_row)
    except UnknownHold:
        say = sentences(language_of(user.language_code)).gettext
        await presses.refuse(update, context, query, texts.unknown_notice(say))
        return
    if await presses.moderated_chat(update, context, query, chat.id) is None:
        return
    say = sentences(chat.language).gettext
    bans = hold.state == HoldState.SHOWN and not button.lets_in
    if bans and await context.administrators.speak(context.bot, chat.external_id, message.author_id):
        await presses.refuse(update, context, query, texts.of_an_administrator(say))
        return
    decide = partial(
        held_messages.decide,
        message_row=button.message_row,
        lets_in=button.lets_in,
        actor=f"telegram:{user.id}",
        name=user.full_name,
    )
    try:
        decision = await context.database.settle(update, decide)
    except UnknownHold:  # forgotten meanwhile
        await presses.refuse(update, context, query, texts.unknown_notice(say))
        return
    await presses.answer(query, texts.hold_decided(say, decision), is_alert=not decision.is_new)
