"""Bans and restrictions. Telegram is asked first what the member is: what a person did by hand is not hamlet's to undo."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from telegram import Bot, ChatMember, ChatMemberBanned, ChatMemberRestricted, ChatPermissions
from telegram.error import BadRequest, TelegramError

from actions.outcomes import NotDone, Receipt, RefusedInChat, end_of
from actions.standing_sanctions import (
    before_ours,
    is_mute,
    is_ours,
    member_in_chat,
    set_by_hand,
    suffices,
)
from storage import sanctions
from storage.models import now
from storage.moderation.requested_actions.calls import RequestedAction, VerdictAction
from storage.sanctions import Reason
from telegram_ui.refusals import NOT_A_MEMBER, says

Release = Callable[[Bot, RequestedAction, int], Coroutine[Any, Any, Receipt]]  # this member


async def ban(bot: Bot, action: RequestedAction, _chat_id: int) -> Receipt:
    """Ban the author until the action's end; a channel that wrote is kept from writing."""
    author_id, until = _author_id(action), _end(action)
    if author_id < 0:
        return await _silence_channel(bot, action, author_id, "banned")
    member = await _sanctionable(bot, action, author_id)
    if isinstance(member, ChatMemberBanned) and suffices(action, member, until):
        return _unchanged(action, "banned", member, until)
    await bot.ban_chat_member(action.chat_external_id, author_id, until_date=until)
    end = await _end_at_telegram(bot, action, author_id, until)
    return _receipt("banned", end, before=set_by_hand(action, member, until))


async def restrict(bot: Bot, action: RequestedAction, _chat_id: int) -> Receipt:
    """Take the author's right to write until the action's end; a channel, which has no such right, is kept from writing by a ban."""
    author_id, until = _author_id(action), _end(action)
    if author_id < 0:
        return await _silence_channel(bot, action, author_id, "restricted")
    member = await _sanctionable(bot, action, author_id)
    if isinstance(member, ChatMemberBanned) or (is_mute(member) and suffices(action, member, until)):
        return _unchanged(action, "restricted", member, until)
    by_hand = set_by_hand(action, member, until)
    lasts = until if by_hand is None or sanctions.lasts(until, end_of(member)) else end_of(member)
    await _permit(bot, action, author_id, ChatPermissions.no_permissions(), lasts)
    return _receipt("restricted", await _end_at_telegram(bot, action, author_id, lasts), before=by_hand)


async def unban(bot: Bot, action: RequestedAction, _chat_id: int) -> Receipt:
    """Lift hamlet's ban. A ban by hand stays, even where hamlet's made it longer."""
    return {"unbanned": True} | await _release(bot, action, ChatMemberBanned, _unban)


async def lift(bot: Bot, action: RequestedAction, _chat_id: int) -> Receipt:
    """Lift hamlet's restriction, down to the one that was set by hand before it."""
    return {"lifted": True} | await _release(bot, action, ChatMemberRestricted, _lift)


async def _release(bot: Bot, action: RequestedAction, sanctioned: type[ChatMember], release: Release) -> Receipt:
    """Release the author if they are sanctioned like this; a channel may write again. Raises NotDone where it was done by hand."""
    author_id = _author_id(action)
    if author_id < 0:
        await bot.unban_chat_sender_chat(action.chat_external_id, author_id)
        return {"channel": True}
    member = await member_in_chat(bot, action.chat_external_id, author_id)
    if isinstance(member, sanctioned | ChatMemberBanned) and not is_ours(action, member):
        raise NotDone(Reason.BY_HAND)
    return await release(bot, action, author_id) if isinstance(member, sanctioned) else {}


async def _unban(bot: Bot, action: RequestedAction, user_id: int) -> Receipt:
    before = before_ours(action)
    if before is not None and before["status"] == ChatMember.BANNED:
        await bot.ban_chat_member(action.chat_external_id, user_id, until_date=sanctions.moment(before["until"]))
        raise NotDone(Reason.BY_HAND)
    await bot.unban_chat_member(action.chat_external_id, user_id, only_if_banned=True)
    return await _give_back(bot, action, user_id, before) if before is not None else {}


async def _lift(bot: Bot, action: RequestedAction, user_id: int) -> Receipt:
    before = before_ours(action)
    if before is not None:
        return await _give_back(bot, action, user_id, before)
    await _permit(bot, action, user_id, ChatPermissions.all_permissions(), None)
    return {}


async def _give_back(bot: Bot, action: RequestedAction, user_id: int, before: dict[str, Any]) -> Receipt:
    """Restrict them again as they were by hand; Telegram may refuse that for somebody who is not there."""
    may = ChatPermissions(**before["may"])
    try:
        await _permit(bot, action, user_id, may, sanctions.moment(before["until"]))
    except NotDone:
        return {"given_back": False}
    return {"given_back": True}


async def _permit(
    bot: Bot, action: RequestedAction, user_id: int, may: ChatPermissions, until: datetime | None
) -> None:
    """Let a member do this and nothing else. Raises NotDone where they left."""
    try:
        await bot.restrict_chat_member(
            action.chat_external_id, user_id, may, until_date=until, use_independent_chat_permissions=True
        )
    except BadRequest as error:
        if not says(error, NOT_A_MEMBER):
            raise
        raise NotDone(Reason.LEFT) from error


async def _silence_channel(bot: Bot, action: RequestedAction, channel_id: int, word: str) -> Receipt:
    await bot.ban_chat_sender_chat(action.chat_external_id, channel_id)
    return {word: True, "channel": True}


def _author_id(action: RequestedAction) -> int:
    """The person or (below 0) the channel that the action is about. Raises NotDone where that is not stored any more."""
    author_id = action.author_id if isinstance(action, VerdictAction) else action.user_id
    if author_id is None:
        raise NotDone(Reason.UNKNOWN)
    return author_id


def _end(action: RequestedAction) -> datetime | None:
    """The end to give. Raises NotDone where it is past, which Telegram would take for none."""
    present = now()
    until = sanctions.end(action.until, action.sent_at, present, action.lasts)
    if sanctions.is_over(until, max(present, action.sent_at) if action.sent_at else present):
        raise NotDone(Reason.OVER)
    return until


async def _sanctionable(bot: Bot, action: RequestedAction, user_id: int) -> ChatMember | None:
    """What they are now. Raises NotDone for administrators, whom hamlet does not sanction."""
    member = await member_in_chat(bot, action.chat_external_id, user_id)
    if member is not None and member.status in (ChatMember.OWNER, ChatMember.ADMINISTRATOR):
        raise NotDone(Reason.ADMINISTRATOR)
    return member


async def _end_at_telegram(bot: Bot, action: RequestedAction, user_id: int, until: datetime | None) -> datetime | None:
    """The end that Telegram gave the sanction: by a clock that is wrong, another than `until`, which was requested."""
    try:
        member = await member_in_chat(bot, action.chat_external_id, user_id)
    except (TelegramError, RefusedInChat):  # the sanction stands; what was requested is the best guess at its end
        return until
    return end_of(member) if isinstance(member, ChatMemberBanned | ChatMemberRestricted) else until


def _unchanged(action: RequestedAction, word: str, member: ChatMember | None, until: datetime | None) -> Receipt:
    """The receipt where nothing had to be done; what a first attempt did before it died counts as done now."""
    receipt = _receipt(word, end_of(member), is_left_alone=not is_ours(action, member, until))
    return receipt | ({"stood": True} if action.attempts == 1 else {})


def _receipt(
    word: str, until: datetime | None, is_left_alone: bool = False, before: dict[str, Any] | None = None
) -> Receipt:
    receipt: Receipt = {word: True, "until": until.isoformat() if until else None}
    return receipt | ({"kept": True} if is_left_alone else {}) | ({"before": before} if before else {})
