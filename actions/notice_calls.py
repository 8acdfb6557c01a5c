"""Calls that post a notice and keep it up to date."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

from telegram import Bot, InputMediaPhoto, MessageEntity
from telegram.error import BadRequest, Forbidden

from actions import call_results, notices, vanishing
from actions.call_results import AuthorState
from actions.delivery import NO_PREVIEW, deliver, receipt_of
from actions.outcomes import Receipt, calling
from actions.standing_sanctions import member_in_chat
from storage.moderation.requested_actions.calls import VerdictAction
from storage.types import ERASED
from telegram_ui.lengths import LONGEST_CAPTION, LONGEST_TEXT
from telegram_ui.refusals import says

NOTICE_GONE = ("message to edit not found",)
UNCHANGED = ("message is not modified",)


async def notify(bot: Bot, action: VerdictAction, chat_id: int) -> Receipt:
    """Post the notice where the moderators read; in the group itself where that chat is closed to the bot."""

    async def post(to: int, thread_id: int | None) -> Receipt:
        return await _post_notice(bot, action, to, thread_id)

    return await deliver(action, chat_id, post)


async def _post_notice(bot: Bot, action: VerdictAction, chat_id: int, thread_id: int | None) -> Receipt:
    state = await _author_state(bot, action)
    if action.picture_id is not None:
        with suppress(BadRequest):  # the picture is gone, or may not be sent there: the words go without it
            return await _post_picture(bot, action, state, chat_id, thread_id)
    text, entities = notices.notice(action, state, chat_id=chat_id)
    sent = await bot.send_message(
        chat_id,
        text,
        entities=entities,
        reply_markup=notices.buttons(action),
        link_preview_options=NO_PREVIEW,
        message_thread_id=thread_id,
    )
    return receipt_of(chat_id, sent)


async def _post_picture(
    bot: Bot, action: VerdictAction, state: AuthorState | None, chat_id: int, thread_id: int | None
) -> Receipt:
    """The notice under the message's picture, which is behind a spoiler."""
    assert action.picture_id is not None
    text, entities = notices.notice(action, state, LONGEST_CAPTION, chat_id)
    sent = await bot.send_photo(
        chat_id,
        action.picture_id,
        text,
        caption_entities=entities,
        has_spoiler=True,
        reply_markup=notices.buttons(action),
        message_thread_id=thread_id,
    )
    return receipt_of(chat_id, sent) | {"has_picture": True, "picture_id": action.picture_id}


async def amend(bot: Bot, action: VerdictAction, chat_id: int) -> Receipt:
    """Bring the notice up to date. One that is not sent yet will be when it is; one that is lost is sent anew.

    So is one that somebody deleted, as long as nobody has decided about its message. One that is decided is deleted where
    the chat wants that.
    """
    if action.is_notice_lost:
        return await notify(bot, action, chat_id)
    if action.notice is None:
        return {"amended": False, "reason": "there is no notice"}
    if await vanishing.vanish(bot, action):
        return {"amended": False, "reason": "it is decided, and the notice deleted"}
    state, earlier = await _author_state(bot, action), action.notice.get("earlier")
    if earlier is not None:
        await _amend_one(bot, replace(action, notice=earlier), state, earlier)
    is_there = await _amend_one(bot, action, state, action.notice)
    if not is_there and _is_needed(action):
        return await notify(bot, action, chat_id)
    return {"amended": is_there}


def _is_needed(action: VerdictAction) -> bool:
    """Whether a notice that is gone has to be posted again: nobody has decided, or what was decided could not be done."""
    return not action.corrections or (action.notices_vanish and vanishing.has_failed(action))


async def _amend_one(bot: Bot, action: VerdictAction, state: AuthorState | None, place: dict[str, Any]) -> bool:
    """Edit the notice at that place, or delete it with its forgotten picture. Returns whether it still stands there."""
    has_picture = bool(place.get("has_picture"))
    if has_picture and _is_forgotten(action) and await vanishing.delete(bot, place):
        return False
    longest = LONGEST_CAPTION if has_picture else LONGEST_TEXT
    text, entities = notices.notice(action, state, longest, place["chat_id"])
    where = {"chat_id": place["chat_id"], "message_id": place["message_id"]}
    keyboard = notices.buttons(action)
    try:
        with calling(where["chat_id"]):
            if has_picture and place.get("picture_id", action.picture_id) != action.picture_id:
                await _change_picture(bot, action, text, entities)
            elif has_picture:
                await bot.edit_message_caption(**where, caption=text, caption_entities=entities, reply_markup=keyboard)
            else:
                await bot.edit_message_text(
                    text, **where, entities=entities, reply_markup=keyboard, link_preview_options=NO_PREVIEW
                )
    except BadRequest as error:
        if not says(error, (*UNCHANGED, *NOTICE_GONE)):
            raise
        return not says(error, NOTICE_GONE)
    return True


def _is_forgotten(action: VerdictAction) -> bool:
    """Whether the message's author is erased, and with them the picture: a caption can be edited, a picture not taken out."""
    return action.author_name == ERASED and action.picture_id is None


async def _author_state(bot: Bot, action: VerdictAction) -> AuthorState | None:
    """What the author is in the group now, if the notice is to say what was done to them; Telegram does not tell of channels."""
    kinds = {call.kind for call in action.done}
    if not kinds - call_results.OF_THE_MESSAGE or action.author_id is None:
        return None
    if action.author_id < 0:
        return AuthorState.BANNED if any(sanction.is_asked_for for sanction in action.sanctions) else None
    try:
        member = await member_in_chat(bot, action.chat_external_id, action.author_id)
    except (BadRequest, Forbidden):  # the bot is out of the group; what it did there is known from its own rows
        return None
    return call_results.state_of(member)


async def _change_picture(bot: Bot, action: VerdictAction, text: str, entities: list[MessageEntity]) -> None:
    """Show the new picture of a message that was edited, or only the words where it has none any more."""
    assert action.notice is not None
    where = {"chat_id": action.notice["chat_id"], "message_id": action.notice["message_id"]}
    keyboard = notices.buttons(action)
    if action.picture_id is None:
        await bot.edit_message_caption(**where, caption=text, caption_entities=entities, reply_markup=keyboard)
        return
    picture = InputMediaPhoto(action.picture_id, caption=text, caption_entities=entities, has_spoiler=True)
    await bot.edit_message_media(picture, **where, reply_markup=keyboard)
