"""One coroutine per kind of action: the call to Telegram, and what came of it. Called twice, each does no harm."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from typing import Any

from telegram import Bot, InputMediaPhoto, LinkPreviewOptions, Message, MessageEntity
from telegram.error import BadRequest, Forbidden

from storage.models import ActionKind
from storage.queries.actions import Errand, Task
from storage.sanctions import Reason
from worker import notices, sanctions
from worker.notices import LONGEST_CAPTION, LONGEST_TEXT, Stands
from worker.outcomes import NotDone, Receipt, calling, says

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)  # a notice does not advertise what it warns of
ALREADY_GONE = ("message to delete not found",)
NOTICE_GONE = ("message to edit not found",)
UNCHANGED = ("message is not modified",)
TOPIC_GONE = ("topic_closed", "topic_deleted", "message thread not found")
NO_PLACE = (
    "chat not found",
    "not enough rights",
    "chat_write_forbidden",
    "have no rights to send",
    "group is deactivated",
)


async def notify(bot: Bot, task: Task, chat_id: int) -> Receipt:
    """Post the notice where the moderators read; in the group itself where that chat is closed to the bot."""

    async def post(where: int, thread_id: int | None) -> Receipt:
        return await _post_notice(bot, task, where, thread_id)

    return await _where_it_can(task, chat_id, post)


async def _post_notice(bot: Bot, task: Task, chat_id: int, thread_id: int | None) -> Receipt:
    """The notice, with the picture behind a spoiler where the message had one."""
    stands, keyboard = await _stands(bot, task), notices.buttons(task)
    if task.picture_id is not None:
        text, entities = notices.notice(task, stands, LONGEST_CAPTION)
        with suppress(
            BadRequest
        ):  # Telegram has the picture no more, or none may be sent there: the words go without it
            sent = await bot.send_photo(
                chat_id, task.picture_id, text, caption_entities=entities, has_spoiler=True, reply_markup=keyboard,
                message_thread_id=thread_id,
            )  # fmt: skip
            return {
                "chat_id": chat_id,
                "message_id": sent.message_id,
                "has_picture": True,
                "picture_id": task.picture_id,
            }
    text, entities = notices.notice(task, stands)
    sent = await bot.send_message(
        chat_id, text, entities=entities, reply_markup=keyboard, link_preview_options=NO_PREVIEW,
        message_thread_id=thread_id,
    )  # fmt: skip
    return {"chat_id": chat_id, "message_id": sent.message_id}


async def amend(bot: Bot, task: Task, chat_id: int) -> Receipt:
    """Have the notice say who decided. One that is not sent yet will say so by itself; one that is lost is sent anew.

    So is one that somebody deleted, as long as what it is to show waits for a decision.
    """
    if task.is_notice_lost:
        return await notify(bot, task, chat_id)
    if task.notice is None:
        return {"amended": False, "reason": "there is no notice"}
    stands, earlier = await _stands(bot, task), task.notice.get("earlier")
    if earlier is not None:
        await _amend_one(bot, replace(task, notice=earlier), stands, earlier)
    is_there = await _amend_one(bot, task, stands, task.notice)
    if not is_there and not task.corrections:
        return await notify(bot, task, chat_id)
    return {"amended": is_there}


async def _amend_one(bot: Bot, task: Task, stands: Stands | None, place: dict[str, Any]) -> bool:
    """Returns whether it stands there still."""
    has_picture = bool(place.get("has_picture"))
    text, entities = notices.notice(task, stands, LONGEST_CAPTION if has_picture else LONGEST_TEXT)
    where = {"chat_id": place["chat_id"], "message_id": place["message_id"]}
    keyboard = notices.buttons(task)
    try:
        with calling(where["chat_id"]):
            if has_picture and place.get("picture_id", task.picture_id) != task.picture_id:
                await _show_another_picture(bot, task, text, entities)
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


async def _stands(bot: Bot, task: Task) -> Stands | None:
    """What Telegram says of the author, where the notice is to say what was done to them; of a channel it says nothing."""
    kinds = {deed.kind for deed in task.done}
    if not kinds - {ActionKind.DELETE} or task.author_id is None:
        return None
    if task.author_id < 0:
        return Stands.BANNED if any(one.is_asked_for for one in task.made) else None
    try:
        member = await sanctions.told(bot, task.chat_external_id, task.author_id)
    except (BadRequest, Forbidden):  # the bot is out of the group; what it did there is known from its own rows
        return None
    return notices.stands(member)


async def _show_another_picture(bot: Bot, task: Task, text: str, entities: list[MessageEntity]) -> None:
    """The message's picture was swapped by an edit, so the notice shows the new one, or its words where there is none."""
    assert task.notice is not None
    where = {"chat_id": task.notice["chat_id"], "message_id": task.notice["message_id"]}
    keyboard = notices.buttons(task)
    if task.picture_id is None:
        await bot.edit_message_caption(**where, caption=text, caption_entities=entities, reply_markup=keyboard)
        return
    picture = InputMediaPhoto(task.picture_id, caption=text, caption_entities=entities, has_spoiler=True)
    await bot.edit_message_media(picture, **where, reply_markup=keyboard)


async def delete(bot: Bot, task: Task | Errand, _chat_id: int) -> Receipt:
    """Delete the message, and all that came with it as one album."""
    album = task.album if isinstance(task, Task) else ()
    deleted = [await _delete_one(bot, task.chat_external_id, n) for n in album or (task.message_id or 0,)]
    return {"deleted": sum(deleted), "gone_already": len(deleted) - sum(deleted)}


async def _delete_one(bot: Bot, chat_id: int, message_id: int) -> bool:
    if message_id < 0:  # it stayed in the basic group that this supergroup was
        raise NotDone(Reason.MOVED)
    try:
        return await bot.delete_message(chat_id, message_id)
    except BadRequest as error:
        if not says(error, ALREADY_GONE):
            raise
        return False


async def warn(bot: Bot, task: Errand, _chat_id: int) -> Receipt:
    """Say a sentence in the group, in the topic of the message it is about if that is open."""
    return await _where_it_can(task, task.chat_external_id, _saying(bot, task), task.thread_id)


async def announce(bot: Bot, task: Errand, chat_id: int) -> Receipt:
    """Say a sentence where the moderators read."""
    return await _where_it_can(task, chat_id, _saying(bot, task))


def _saying(bot: Bot, task: Errand) -> Post:
    async def post(where: int, thread_id: int | None) -> Receipt:
        text = notices.fitting(notices.announcement(task), LONGEST_TEXT)
        sent = await bot.send_message(where, text, link_preview_options=NO_PREVIEW, message_thread_id=thread_id)
        return _receipt(where, sent)

    return post


async def digest(bot: Bot, task: Errand, chat_id: int) -> Receipt:
    """One notice for what was held back in a raid, with the button that decides all of it."""
    held = task.held_back
    if held is None or held.count == 0:
        return {"reason": "each was decided meanwhile"}
    text, keyboard = notices.digest(task, held)

    async def post(where: int, thread_id: int | None) -> Receipt:
        sent = await bot.send_message(where, text, reply_markup=keyboard, message_thread_id=thread_id)
        return _receipt(where, sent)

    return await _where_it_can(task, chat_id, post) | {"last": held.last}


async def appeal(bot: Bot, task: Errand, chat_id: int) -> Receipt:
    """Have the moderators hear somebody whom an order banned."""
    text, entities, keyboard = notices.appeal(task)

    async def post(where: int, thread_id: int | None) -> Receipt:
        sent = await bot.send_message(
            where, text, entities=entities, reply_markup=keyboard, link_preview_options=NO_PREVIEW,
            message_thread_id=thread_id,
        )  # fmt: skip
        return _receipt(where, sent)

    return await _where_it_can(task, chat_id, post)


def _receipt(chat_id: int, sent: Message) -> Receipt:
    return {"chat_id": chat_id, "message_id": sent.message_id}


async def _where_it_can(task: Task | Errand, chat_id: int, post: Post, thread_id: int | None = None) -> Receipt:
    """Post in that chat, else in the group; there in that topic, else where topics are not closed."""
    if chat_id != task.chat_external_id:
        try:
            with calling(chat_id):
                return await post(chat_id, None)
        except Forbidden:
            pass
        except BadRequest as error:
            if not says(error, (*NO_PLACE, *TOPIC_GONE)):
                raise
    with calling(task.chat_external_id):
        try:
            return await post(task.chat_external_id, thread_id)
        except BadRequest as error:
            elsewhere = None if thread_id is not None else task.thread_id
            if not says(error, TOPIC_GONE) or elsewhere == thread_id:
                raise
            return await post(task.chat_external_id, elsewhere)


Post = Callable[[int, int | None], Coroutine[Any, Any, Receipt]]
Call = Callable[[Bot, Any, int], Coroutine[Any, Any, Receipt]]
CALLS: dict[ActionKind, Call] = {
    ActionKind.NOTIFY: notify, ActionKind.AMEND: amend, ActionKind.DELETE: delete, ActionKind.REMOVE: delete,
    ActionKind.BAN: sanctions.ban, ActionKind.UNBAN: sanctions.unban, ActionKind.RESTRICT: sanctions.restrict,
    ActionKind.LIFT: sanctions.lift, ActionKind.WARN: warn, ActionKind.ANNOUNCE: announce, ActionKind.DIGEST: digest,
    ActionKind.APPEAL: appeal,
}  # fmt: skip
