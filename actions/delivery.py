"""Where a message of hamlet's goes: to the chat it is for, or to the group itself where that chat does not take it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions, Message, MessageEntity
from telegram.error import BadRequest, Forbidden

from actions.outcomes import Receipt, calling
from storage.moderation.requested_actions.calls import RequestedAction
from telegram_ui.refusals import says

Post = Callable[[int, int | None], Coroutine[Any, Any, Receipt]]  # into that chat, in that topic

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)  # a notice does not advertise what it warns of
TOPIC_GONE = ("topic_closed", "topic_deleted", "message thread not found")
ALREADY_GONE = ("message to delete not found",)
CHAT_CLOSED = (
    "chat not found",
    "not enough rights",
    "chat_write_forbidden",
    "have no rights to send",
    "group is deactivated",
)


async def deliver(action: RequestedAction, chat_id: int, post: Post, thread_id: int | None = None) -> Receipt:
    """Post in that chat, or else in the group; there in that topic, or else in one that is not closed."""
    if chat_id != action.chat_external_id:
        try:
            with calling(chat_id):
                return await post(chat_id, None)
        except Forbidden:
            pass
        except BadRequest as error:
            if not says(error, (*CHAT_CLOSED, *TOPIC_GONE)):
                raise
    with calling(action.chat_external_id):
        try:
            return await post(action.chat_external_id, thread_id)
        except BadRequest as error:
            other_thread_id = None if thread_id is not None else action.thread_id
            if not says(error, TOPIC_GONE) or other_thread_id == thread_id:
                raise
            return await post(action.chat_external_id, other_thread_id)


def notice_of(bot: Bot, text: str, entities: Sequence[MessageEntity], keyboard: InlineKeyboardMarkup | None) -> Post:
    """What posts this text with its buttons and no preview of what it links to."""

    async def post(chat_id: int, thread_id: int | None) -> Receipt:
        sent = await bot.send_message(
            chat_id,
            text,
            entities=entities,
            reply_markup=keyboard,
            link_preview_options=NO_PREVIEW,
            message_thread_id=thread_id,
        )
        return receipt_of(chat_id, sent)

    return post


def receipt_of(chat_id: int, sent: Message) -> Receipt:
    """The receipt of a sent message: where it stands."""
    return {"chat_id": chat_id, "message_id": sent.message_id}
