"""One coroutine per kind of action: the call to Telegram, and what came of it. Called twice, each does no harm."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Bot, ChatPermissions, InputMediaPhoto, LinkPreviewOptions, MessageEntity
from telegram.error import BadRequest

from storage.models import ActionKind
from storage.queries.actions import Errand, Task
from worker import notices

Receipt = dict[str, Any]
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)  # a notice does not advertise what it warns of
ALREADY_GONE = ("message to delete not found",)
ALREADY_LEFT = ("user not found", "participant_id_invalid", "user_not_participant", "member not found")
UNCHANGED = "message is not modified"
LONGEST_CAPTION = 1_024  # of a picture, in UTF-16 units


async def notify(bot: Bot, task: Task, chat_id: int) -> Receipt:
    """Post the notice, with the picture behind a spoiler where the message had one."""
    text, entities = notices.notice(task)
    keyboard = notices.buttons(task)
    if task.picture_id is not None and notices.utf16(text) <= LONGEST_CAPTION:
        try:
            sent = await bot.send_photo(
                chat_id, task.picture_id, text, caption_entities=entities, has_spoiler=True, reply_markup=keyboard
            )
        except BadRequest:  # Telegram no longer has the picture; the words go without it
            pass
        else:
            shown = {"has_picture": True, "picture_id": task.picture_id}
            return {"chat_id": chat_id, "message_id": sent.message_id, **shown}
    sent = await bot.send_message(
        chat_id, text, entities=entities, reply_markup=keyboard, link_preview_options=NO_PREVIEW
    )
    return {"chat_id": chat_id, "message_id": sent.message_id}


async def amend(bot: Bot, task: Task, _chat_id: int) -> Receipt:
    """Have the notice say who decided. One that is not sent yet will say so by itself."""
    if task.notice is None:
        return {"amended": False, "reason": "there is no notice"}
    text, entities = notices.notice(task)
    where = {"chat_id": task.notice["chat_id"], "message_id": task.notice["message_id"]}
    keyboard = notices.buttons(task)
    try:
        if task.notice.get("has_picture") and task.notice.get("picture_id", task.picture_id) != task.picture_id:
            await _show_another_picture(bot, task, text, entities)
        elif task.notice.get("has_picture"):
            await bot.edit_message_caption(**where, caption=text, caption_entities=entities, reply_markup=keyboard)
        else:
            await bot.edit_message_text(
                text, **where, entities=entities, reply_markup=keyboard, link_preview_options=NO_PREVIEW
            )
    except BadRequest as error:
        if UNCHANGED not in str(error).lower():
            raise
    return {"amended": True}


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
    try:
        return await bot.delete_message(chat_id, message_id)
    except BadRequest as error:
        if not _says(error, ALREADY_GONE):
            raise
        return False


async def ban(bot: Bot, task: Task | Errand, _chat_id: int) -> Receipt:
    """Ban the author until the action's end; a channel that wrote is kept from writing, which has no end."""
    who = _about(task)
    if who is None:
        return {"banned": False, "reason": "nobody is known to have written it"}
    if who < 0:
        await bot.ban_chat_sender_chat(task.chat_external_id, who)
        return {"banned": True, "channel": True}
    await bot.ban_chat_member(task.chat_external_id, who, until_date=task.until)
    return {"banned": True, "until": task.until.isoformat() if task.until else None}


async def unban(bot: Bot, task: Task, _chat_id: int) -> Receipt:
    who = _about(task)
    if who is None:
        return {"unbanned": False, "reason": "nobody is known to have written it"}
    if who < 0:
        await bot.unban_chat_sender_chat(task.chat_external_id, who)
    else:
        await bot.unban_chat_member(task.chat_external_id, who, only_if_banned=True)
    return {"unbanned": True}


async def restrict(bot: Bot, task: Task, _chat_id: int) -> Receipt:
    """Take the author's right to write until the action's end. A channel that wrote has no such right to take."""
    who = _about(task)
    if who is None or who < 0:
        return {"restricted": False, "reason": "only members can be restricted"}
    try:
        await bot.restrict_chat_member(
            task.chat_external_id, who, ChatPermissions.no_permissions(), until_date=task.until
        )
    except BadRequest as error:
        if not _says(error, ALREADY_LEFT):
            raise
        return {"restricted": False, "reason": "they left"}
    return {"restricted": True, "until": task.until.isoformat() if task.until else None}


async def lift(bot: Bot, task: Task, _chat_id: int) -> Receipt:
    who = _about(task)
    if who is None or who < 0:
        return {"lifted": False, "reason": "only members can be restricted"}
    try:
        await bot.restrict_chat_member(task.chat_external_id, who, ChatPermissions.all_permissions())
    except BadRequest as error:
        if not _says(error, ALREADY_LEFT):
            raise
        return {"lifted": False, "reason": "they left"}
    return {"lifted": True}


async def say(bot: Bot, task: Errand, chat_id: int) -> Receipt:
    """Post a sentence: a warning in the group, anything else where its moderators read."""
    where = task.chat_external_id if task.kind == ActionKind.WARN else chat_id
    posted = await bot.send_message(where, notices.announcement(task), link_preview_options=NO_PREVIEW)
    return {"chat_id": where, "message_id": posted.message_id}


async def digest(bot: Bot, task: Errand, chat_id: int) -> Receipt:
    """One notice for what was held back in a raid, with the button that decides all of it."""
    held = task.held_back
    if held is None or held.count == 0:
        return {"reason": "each was decided meanwhile"}
    text, keyboard = notices.digest(task, held)
    sent = await bot.send_message(chat_id, text, reply_markup=keyboard)
    return {"chat_id": chat_id, "message_id": sent.message_id, "last": held.last}


def _about(task: Task | Errand) -> int | None:
    return task.author_id if isinstance(task, Task) else task.user_id


def _says(error: BadRequest, known: tuple[str, ...]) -> bool:
    return any(words in str(error).lower() for words in known)


Call = Callable[[Bot, Any, int], Awaitable[Receipt]]
CALLS: dict[ActionKind, Call] = {
    ActionKind.NOTIFY: notify, ActionKind.AMEND: amend, ActionKind.DELETE: delete, ActionKind.REMOVE: delete,
    ActionKind.BAN: ban, ActionKind.UNBAN: unban, ActionKind.RESTRICT: restrict, ActionKind.LIFT: lift,
    ActionKind.WARN: say, ActionKind.ANNOUNCE: say, ActionKind.DIGEST: digest,
}  # fmt: skip
