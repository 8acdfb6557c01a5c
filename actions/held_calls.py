"""Calls about held messages: their notices, and posting them again once a moderator lets them in."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from telegram import Bot
from telegram.error import BadRequest

from actions import held_notices, posted_files
from actions.delivery import NO_PREVIEW, deliver, receipt_of
from actions.notice_calls import NOTICE_GONE, UNCHANGED
from actions.outcomes import Receipt, calling
from actions.posted_files import CAPTIONED, COVERED, file_of
from storage.models import HoldState
from storage.moderation.requested_actions.calls import ChatAction, HeldMessage
from telegram_ui.lengths import LONGEST_CAPTION, LONGEST_TEXT, shortened
from telegram_ui.refusals import says


async def hold(bot: Bot, action: ChatAction, chat_id: int) -> Receipt:
    """Post the notice of a held message, or bring it up to date; one about a forgotten message is deleted."""
    held, place = action.held, action.notice
    if place is not None and "message_id" in place:
        with calling(place["chat_id"]):
            await (_amend(bot, action, held, place) if held is not None else _delete(bot, action, place))
        return place
    if held is None:
        return {"reason": "the message is forgotten"}

    async def post(to: int, thread_id: int | None) -> Receipt:
        return await _post_notice(bot, action, held, to, thread_id)

    return await deliver(action, chat_id, post)


async def _post_notice(bot: Bot, action: ChatAction, held: HeldMessage, to: int, thread_id: int | None) -> Receipt:
    keyboard, file = held_notices.buttons(action, held), file_of(held.picture_id, held.attachment)
    is_in_group = to == action.chat_external_id  # where nobody is shown what is held
    if file is not None and file[0] in CAPTIONED and not is_in_group:
        text, entities = held_notices.notice(action, held, LONGEST_CAPTION, to)
        about: dict[str, Any] = {"caption": text, "caption_entities": entities, "reply_markup": keyboard}
        if file[0] in COVERED:
            about["has_spoiler"] = True
        with suppress(BadRequest):  # the file is gone, or may not be sent there: the words go without it
            return receipt_of(to, await posted_files.send(bot, to, file, thread_id, **about)) | {"has_caption": True}
    text, entities = held_notices.notice(action, held, LONGEST_TEXT, to)
    sent = await bot.send_message(
        to,
        text,
        entities=entities,
        reply_markup=keyboard,
        link_preview_options=NO_PREVIEW,
        message_thread_id=thread_id,
    )
    return receipt_of(to, sent)


async def _amend(bot: Bot, action: ChatAction, held: HeldMessage, place: dict[str, Any]) -> None:
    has_caption = bool(place.get("has_caption"))
    longest = LONGEST_CAPTION if has_caption else LONGEST_TEXT
    text, entities = held_notices.notice(action, held, longest, place["chat_id"])
    keyboard = held_notices.buttons(action, held)
    where = {"chat_id": place["chat_id"], "message_id": place["message_id"], "reply_markup": keyboard}
    try:
        if has_caption:
            await bot.edit_message_caption(**where, caption=text, caption_entities=entities)
        else:
            await bot.edit_message_text(text, **where, entities=entities, link_preview_options=NO_PREVIEW)
    except BadRequest as error:
        if not says(error, (*UNCHANGED, *NOTICE_GONE)):
            raise


async def _delete(bot: Bot, action: ChatAction, place: dict[str, Any]) -> None:
    """Telegram deletes no notice older than 48 hours; its words are replaced."""
    where = {"chat_id": place["chat_id"], "message_id": place["message_id"]}
    with suppress(BadRequest):
        await bot.delete_message(**where)
        return
    with suppress(BadRequest):
        if place.get("has_caption"):
            await bot.edit_message_caption(**where, caption=held_notices.forgotten(action))
        else:
            await bot.edit_message_text(held_notices.forgotten(action), **where)


async def restore(bot: Bot, action: ChatAction, _chat_id: int) -> Receipt:
    """Post a message that a moderator let in, in its topic if that is open."""
    held = action.held
    if held is None or held.state != HoldState.RELEASED:
        return {"reason": "there is nothing to post again"}

    async def post(to: int, thread_id: int | None) -> Receipt:
        return await _post_again(bot, action, held, to, thread_id)

    return await deliver(action, action.chat_external_id, post, action.thread_id)


async def _post_again(bot: Bot, action: ChatAction, held: HeldMessage, to: int, thread_id: int | None) -> Receipt:
    file = file_of(held.picture_id, held.attachment)
    if file is not None:
        text = held_notices.let_in(action, held, has_file=True)
        about = {"caption": shortened(text, LONGEST_CAPTION)} if file[0] in CAPTIONED else {}
        with suppress(BadRequest):  # the words go without it
            return receipt_of(to, await posted_files.send(bot, to, file, thread_id, **about))
    text = shortened(held_notices.let_in(action, held, has_file=False), LONGEST_TEXT)
    sent = await bot.send_message(to, text, link_preview_options=NO_PREVIEW, message_thread_id=thread_id)
    return receipt_of(to, sent)
