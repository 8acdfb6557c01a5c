"""The ban or restriction that stands on a member, as Telegram tells it: whether hamlet set it, and what stood before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from telegram import Bot, ChatMember, ChatMemberBanned, ChatMemberRestricted, ChatPermissions
from telegram.error import BadRequest

from actions.outcomes import calling, end_of
from storage import sanctions
from storage.models import ActionKind, now
from storage.moderation.requested_actions.calls import RequestedAction
from telegram_ui.refusals import NOT_A_MEMBER, says

PERMISSIONS = tuple(name for name in ChatPermissions.__slots__ if name.startswith("can_"))


async def member_in_chat(bot: Bot, chat_id: int, user_id: int) -> ChatMember | None:
    """What somebody is in a group by Telegram itself; None where it does not know them there."""
    try:
        with calling(chat_id):
            return await bot.get_chat_member(chat_id, user_id)
    except BadRequest as error:
        if not says(error, NOT_A_MEMBER):
            raise
        return None


def is_mute(member: ChatMember | None) -> bool:
    """Whether they are restricted from writing."""
    return isinstance(member, ChatMemberRestricted) and not member.can_send_messages


def is_ours(action: RequestedAction, member: ChatMember | None, until: datetime | None = None) -> bool:
    """Whether hamlet set the sanction that stands; a second attempt asks it of the first, which may have set it until `until`."""
    end = end_of(member)
    if not isinstance(member, ChatMemberBanned) and not is_mute(member):
        return False
    kind = _kind(member)
    is_first_attempts = action.kind == kind and action.attempts > 1 and sanctions.is_same(end, until)
    return is_first_attempts or sanctions.is_ours(action.sanctions, kind, end)


def suffices(action: RequestedAction, member: ChatMember | None, until: datetime | None) -> bool:
    """Whether what stands lasts until then, and not longer than anybody still asks for if it is hamlet's own."""
    still_requested = [sanction for sanction in action.sanctions if sanction.is_asked_for]
    is_requested = sanctions.is_ours(still_requested, _kind(member), end_of(member))
    is_too_long = is_ours(action, member) and not is_requested
    return sanctions.lasts(end_of(member), until) and not is_too_long


def _kind(member: ChatMember | None) -> ActionKind:
    return ActionKind.BAN if isinstance(member, ChatMemberBanned) else ActionKind.RESTRICT


def set_by_hand(action: RequestedAction, member: ChatMember | None, until: datetime | None) -> dict[str, Any] | None:
    """The sanction by hand that hamlet's is about to replace, in the form in which a receipt keeps it."""
    if not isinstance(member, ChatMemberBanned | ChatMemberRestricted):
        return None
    if is_ours(action, member, until):
        return before_ours(action)
    end = end_of(member)
    may = {name: bool(getattr(member, name, None)) for name in PERMISSIONS}
    return {"status": member.status, "until": end.isoformat() if end else None, "may": may}


def before_ours(action: RequestedAction) -> dict[str, Any] | None:
    """The sanction by hand that stood before the first of hamlet's, if it would not be over by now."""
    before = next((sanction.before for sanction in action.sanctions if sanction.before), None)
    return None if before is None or sanctions.is_over(sanctions.moment(before["until"]), now()) else before
