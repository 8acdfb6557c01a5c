"""Tells a member in private what came of a report."""

from __future__ import annotations

from telegram import Bot
from telegram.error import BadRequest, Forbidden

from actions.outcomes import Receipt, calling
from storage.moderation.policies.reporters import SPAM
from storage.moderation.requested_actions.calls import ChatAction
from telegram_ui.language import sentences


async def inform(bot: Bot, action: ChatAction, _chat_id: int) -> Receipt:
    """Write to the member, where they have begun a conversation with the bot: Telegram allows no other."""
    say, user_id = sentences(action.language).gettext, action.user_id or 0
    text = (
        say("Your report in {chat}: the moderators decided that it is spam. Thank you.")
        if action.text == SPAM
        else say("Your report in {chat}: the moderators decided that it is not spam.")
    )
    try:
        with calling(user_id):
            await bot.send_message(user_id, text.format(chat=action.chat_title))
    except (BadRequest, Forbidden):  # they never wrote to the bot, or blocked it
        return {"delivered": False}
    return {"delivered": True}
