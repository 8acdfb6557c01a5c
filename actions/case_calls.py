"""Posts the notice of a flood, and keeps that one up to date as the flood goes on or is decided."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import Bot, InlineKeyboardMarkup, MessageEntity
from telegram.error import BadRequest

from actions import announcements
from actions.delivery import NO_PREVIEW, deliver, notice_of
from actions.notice_calls import NOTICE_GONE, UNCHANGED
from actions.outcomes import Receipt, calling
from storage.moderation.requested_actions.calls import ChatAction
from telegram_ui.refusals import says


async def case(bot: Bot, action: ChatAction, chat_id: int) -> Receipt:
    """Edit the notice where it stands; post it where it does not."""
    if action.case is None or action.case.count == 0:
        return {"reason": "it has no messages"}
    text, entities, keyboard = announcements.case(action, action.case)
    if action.notice is not None and await edit(bot, action.notice, text, entities, keyboard):
        return action.notice
    return await deliver(action, chat_id, notice_of(bot, text, entities, keyboard))


async def edit(
    bot: Bot,
    place: Receipt,
    text: str,
    entities: Sequence[MessageEntity],
    keyboard: InlineKeyboardMarkup | None,
) -> bool:
    """Give a notice these words and buttons. Returns whether it still stands there."""
    try:
        with calling(place["chat_id"]):
            await bot.edit_message_text(
                text,
                chat_id=place["chat_id"],
                message_id=place["message_id"],
                entities=entities,
                reply_markup=keyboard,
                link_preview_options=NO_PREVIEW,
            )
    except BadRequest as error:
        if not says(error, (*UNCHANGED, *NOTICE_GONE)):
            raise
        return not says(error, NOTICE_GONE)
    return True
