"""Notices in the group itself, deleted once they are decided, where the chat wants that."""

from __future__ import annotations

from typing import Any

from telegram import Bot
from telegram.error import BadRequest, Forbidden

from actions.delivery import ALREADY_GONE
from actions.outcomes import calling
from storage.models import ActionState, CorrectionState
from storage.moderation.requested_actions.calls import VerdictAction
from storage.sanctions import Reason
from telegram_ui.refusals import says

NEEDS_NOBODY = (Reason.LEFT, Reason.OVER, Reason.BY_HAND)  # why a call was not made, with nothing left to do


def has_failed(action: VerdictAction) -> bool:
    """Whether moderators should learn that something could not be done."""
    return any(call.state == ActionState.FAILED and call.error not in NEEDS_NOBODY for call in action.done)


async def vanish(bot: Bot, action: VerdictAction) -> bool:
    """Delete the notice if it is decided and stands in the group. Returns whether it is gone; one that cannot be deleted stays."""
    places = [place for place in (action.notice, (action.notice or {}).get("earlier")) if place is not None]
    if not _is_due(action) or any(place["chat_id"] != action.chat_external_id for place in places):
        return False
    return all([await delete(bot, place) for place in places])


def _is_due(action: VerdictAction) -> bool:
    """Whether nobody needs the notice any more: an appeal has to be read, and so has a failure."""
    is_decided = any(correction.state == CorrectionState.ACCEPTED for correction in action.corrections)
    return action.notices_vanish and is_decided and action.appeal is None and not has_failed(action)


async def delete(bot: Bot, place: dict[str, Any]) -> bool:
    """Delete the notice at that place. Returns whether it is gone."""
    try:
        with calling(place["chat_id"]):
            await bot.delete_message(place["chat_id"], place["message_id"])
    except (BadRequest, Forbidden) as error:
        return says(error, ALREADY_GONE)
    return True
