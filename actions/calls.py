"""One coroutine for each kind of action: the call to Telegram, and what came of it. Called twice, none does harm."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from telegram import Bot
from telegram.error import BadRequest

from actions import (
    announcements,
    case_calls,
    held_calls,
    informing,
    notice_calls,
    reaction_notices,
    restoring,
    sanctions,
)
from actions.delivery import ALREADY_GONE, NO_PREVIEW, Post, deliver, notice_of, receipt_of
from actions.outcomes import NotDone, Receipt
from storage.models import ActionKind
from storage.moderation.requested_actions.calls import ChatAction, RequestedAction, VerdictAction
from storage.sanctions import Reason
from telegram_ui.lengths import LONGEST_TEXT, shortened
from telegram_ui.refusals import says


async def delete(bot: Bot, action: RequestedAction, _chat_id: int) -> Receipt:
    """Delete the message, and all that came with it as one album."""
    album = action.album if isinstance(action, VerdictAction) else ()
    message_ids = album or (action.message_id or 0,)
    deleted = [await _delete_one(bot, action.chat_external_id, message_id) for message_id in message_ids]
    return {"deleted": sum(deleted), "gone_already": len(deleted) - sum(deleted)}


async def _delete_one(bot: Bot, chat_id: int, message_id: int) -> bool:
    """Returns whether the message was still there. Raises NotDone."""
    if message_id < 0:  # it stayed in the basic group that this supergroup was
        raise NotDone(Reason.MOVED)
    try:
        return await bot.delete_message(chat_id, message_id)
    except BadRequest as error:
        if not says(error, ALREADY_GONE):
            raise
        return False


async def warn(bot: Bot, action: ChatAction, _chat_id: int) -> Receipt:
    """Say a sentence in the group, in the topic of the message it is about if that is open."""
    return await deliver(action, action.chat_external_id, _posting(bot, action), action.thread_id)


async def announce(bot: Bot, action: ChatAction, chat_id: int) -> Receipt:
    """Say a sentence where the moderators read."""
    return await deliver(action, chat_id, _posting(bot, action))


def _posting(bot: Bot, action: ChatAction) -> Post:
    async def post(to: int, thread_id: int | None) -> Receipt:
        text = shortened(announcements.announcement(action), LONGEST_TEXT)
        sent = await bot.send_message(to, text, link_preview_options=NO_PREVIEW, message_thread_id=thread_id)
        return receipt_of(to, sent)

    return post


async def digest(bot: Bot, action: ChatAction, chat_id: int) -> Receipt:
    """Post one notice for what was held back in a raid or at night, with the button that decides all of it."""
    held = action.held_back
    if held is None or held.count == 0:
        return {"reason": "each was decided meanwhile", "last": held.last if held else 0}
    text, keyboard = announcements.digest(action, held)

    async def post(to: int, thread_id: int | None) -> Receipt:
        return receipt_of(to, await bot.send_message(to, text, reply_markup=keyboard, message_thread_id=thread_id))

    return await deliver(action, chat_id, post) | {"last": held.last}


async def appeal(bot: Bot, action: ChatAction, chat_id: int) -> Receipt:
    """Post the appeal of somebody whom an order banned."""
    text, entities, keyboard = announcements.appeal(action)
    return await deliver(action, chat_id, notice_of(bot, text, entities, keyboard))


Call = Callable[[Bot, Any, int], Coroutine[Any, Any, Receipt]]


async def _restore(bot: Bot, action: RequestedAction, chat_id: int) -> Receipt:
    """Post a message again: one that was held, or one that reports had hidden."""
    if isinstance(action, VerdictAction):
        return await restoring.restore(bot, action, chat_id)
    return await held_calls.restore(bot, action, chat_id)


CALLS: dict[ActionKind, Call] = {
    ActionKind.NOTIFY: notice_calls.notify,
    ActionKind.AMEND: notice_calls.amend,
    ActionKind.DELETE: delete,
    ActionKind.REMOVE: delete,
    ActionKind.BAN: sanctions.ban,
    ActionKind.UNBAN: sanctions.unban,
    ActionKind.RESTRICT: sanctions.restrict,
    ActionKind.LIFT: sanctions.lift,
    ActionKind.WARN: warn,
    ActionKind.ANNOUNCE: announce,
    ActionKind.DIGEST: digest,
    ActionKind.APPEAL: appeal,
    ActionKind.HOLD: held_calls.hold,
    ActionKind.RESTORE: _restore,
    ActionKind.CASE: case_calls.case,
    ActionKind.REACTIONS: reaction_notices.show,
    ActionKind.INFORM: informing.inform,
}
