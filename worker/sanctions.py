"""Bans and restrictions. What Telegram says of the member comes first: what a person did by hand is not hamlet's to undo."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from telegram import Bot, ChatMember, ChatMemberBanned, ChatMemberRestricted, ChatPermissions
from telegram.error import BadRequest, TelegramError

from storage import sanctions
from storage.models import ActionKind, now
from storage.queries.actions import Errand, Task
from storage.sanctions import Reason
from worker.outcomes import NotDone, Receipt, RefusedThere, calling, end_of, says

ALREADY_LEFT = ("user not found", "participant_id_invalid", "user_not_participant", "member not found")
PERMISSIONS = tuple(name for name in ChatPermissions.__slots__ if name.startswith("can_"))


async def ban(bot: Bot, task: Task | Errand, _chat_id: int) -> Receipt:
    """Ban the author until the action's end; a channel that wrote is kept from writing."""
    who, until = _about(task), _end(task)
    if who < 0:
        return await _silence_channel(bot, task, who, "banned")
    before = await _sanctionable(bot, task, who)
    if isinstance(before, ChatMemberBanned) and _suffices(task, before, until):
        return _as_it_stood(task, "banned", before, until)
    await bot.ban_chat_member(task.chat_external_id, who, until_date=until)
    return _receipt("banned", await _end_now(bot, task, who, until), before=_by_hand(task, before, until))


async def restrict(bot: Bot, task: Task | Errand, _chat_id: int) -> Receipt:
    """Take the author's right to write until the action's end; a channel, which has no such right, as by a ban."""
    who, until = _about(task), _end(task)
    if who < 0:
        return await _silence_channel(bot, task, who, "restricted")
    before = await _sanctionable(bot, task, who)
    if isinstance(before, ChatMemberBanned) or (_is_mute(before) and _suffices(task, before, until)):
        return _as_it_stood(task, "restricted", before, until)
    by_hand = _by_hand(task, before, until)
    lasts = until if by_hand is None or sanctions.lasts(until, end_of(before)) else end_of(before)
    await _permit(bot, task, who, ChatPermissions.no_permissions(), lasts)
    return _receipt("restricted", await _end_now(bot, task, who, lasts), before=by_hand)


async def unban(bot: Bot, task: Task | Errand, _chat_id: int) -> Receipt:
    """Lift hamlet's ban. A ban by hand stands, also the one that hamlet's made longer."""
    who = _about(task)
    if who < 0:
        await bot.unban_chat_sender_chat(task.chat_external_id, who)
        return {"unbanned": True, "channel": True}
    member = await told(bot, task.chat_external_id, who)
    if not isinstance(member, ChatMemberBanned):
        return {"unbanned": True}
    if not _is_ours(task, member):
        raise NotDone(Reason.BY_HAND)
    before = _before(task)
    if before is not None and before["status"] == ChatMember.BANNED:
        await bot.ban_chat_member(task.chat_external_id, who, until_date=sanctions.moment(before["until"]))
        raise NotDone(Reason.BY_HAND)
    await bot.unban_chat_member(task.chat_external_id, who, only_if_banned=True)
    return {"unbanned": True} | await _give_back(bot, task, who, before)


async def lift(bot: Bot, task: Task | Errand, _chat_id: int) -> Receipt:
    """Lift hamlet's restriction, down to the one that was set by hand before it."""
    who = _about(task)
    if who < 0:
        await bot.unban_chat_sender_chat(task.chat_external_id, who)
        return {"lifted": True, "channel": True}
    member = await told(bot, task.chat_external_id, who)
    if isinstance(member, ChatMemberBanned | ChatMemberRestricted) and not _is_ours(task, member):
        raise NotDone(Reason.BY_HAND)
    if not isinstance(member, ChatMemberRestricted):
        return {"lifted": True}
    if (before := _before(task)) is not None:
        return {"lifted": True} | await _give_back(bot, task, who, before)
    await _permit(bot, task, who, ChatPermissions.all_permissions(), None)
    return {"lifted": True}


async def told(bot: Bot, chat_id: int, user_id: int) -> ChatMember | None:
    """What somebody is in a group, by Telegram itself; None where it does not know them there."""
    try:
        with calling(chat_id):
            return await bot.get_chat_member(chat_id, user_id)
    except BadRequest as error:
        if not says(error, ALREADY_LEFT):
            raise
        return None


def _about(task: Task | Errand) -> int:
    """The person or channel. Raises NotDone."""
    who = task.author_id if isinstance(task, Task) else task.user_id
    if who is None:
        raise NotDone(Reason.UNKNOWN)
    return who


def _end(task: Task | Errand) -> datetime | None:
    """The end to give. Raises NotDone where it is past, which Telegram would take for none."""
    present = now()
    until = sanctions.end(task.until, task.sent_at, present)
    if sanctions.is_over(until, max(present, task.sent_at) if task.sent_at else present):
        raise NotDone(Reason.OVER)
    return until


async def _sanctionable(bot: Bot, task: Task | Errand, who: int) -> ChatMember | None:
    """What they are now. Raises NotDone: administrators are nobody's to sanction."""
    member = await told(bot, task.chat_external_id, who)
    if member is not None and member.status in (ChatMember.OWNER, ChatMember.ADMINISTRATOR):
        raise NotDone(Reason.ADMINISTRATOR)
    return member


def _is_ours(task: Task | Errand, member: ChatMember | None, until: datetime | None = None) -> bool:
    """Whether hamlet made the ban or restriction that stands; in a second attempt, by the first perhaps."""
    end = end_of(member)
    if not isinstance(member, ChatMemberBanned) and not _is_mute(member):
        return False
    kind = ActionKind.BAN if isinstance(member, ChatMemberBanned) else ActionKind.RESTRICT
    is_first_attempts = task.kind == kind and task.attempts > 1 and sanctions.is_same(end, until)
    return is_first_attempts or sanctions.is_ours(task.made, kind, end)


def _suffices(task: Task | Errand, member: ChatMember | None, until: datetime | None) -> bool:
    """Whether what stands lasts as long as it has to; hamlet's own lasts no longer than anybody still asks for."""
    kind = ActionKind.BAN if isinstance(member, ChatMemberBanned) else ActionKind.RESTRICT
    kept_up = [one for one in task.made if one.is_asked_for]
    is_too_long = _is_ours(task, member) and not sanctions.is_ours(kept_up, kind, end_of(member))
    return sanctions.lasts(end_of(member), until) and not is_too_long


def _is_mute(member: ChatMember | None) -> bool:
    return isinstance(member, ChatMemberRestricted) and not member.can_send_messages


def _by_hand(task: Task | Errand, member: ChatMember | None, until: datetime | None) -> dict[str, Any] | None:
    """The sanction by hand that hamlet's comes on top of, as a receipt keeps it."""
    if not isinstance(member, ChatMemberBanned | ChatMemberRestricted):
        return None
    if _is_ours(task, member, until):
        return _before(task)
    end = end_of(member)
    may = {name: bool(getattr(member, name, None)) for name in PERMISSIONS}
    return {"status": member.status, "until": end.isoformat() if end else None, "may": may}


def _before(task: Task | Errand) -> dict[str, Any] | None:
    """The sanction by hand that stood before the first of hamlet's, if it would stand still."""
    before = next((one.before for one in task.made if one.before), None)
    return None if before is None or sanctions.is_over(sanctions.moment(before["until"]), now()) else before


async def _give_back(bot: Bot, task: Task | Errand, who: int, before: dict[str, Any] | None) -> Receipt:
    """Restrict them again as they were by hand; Telegram may refuse that of somebody who is not there."""
    if before is None:
        return {}
    may = ChatPermissions(**before["may"])
    try:
        await _permit(bot, task, who, may, sanctions.moment(before["until"]))
    except NotDone:
        return {"given_back": False}
    return {"given_back": True}


async def _permit(bot: Bot, task: Task | Errand, who: int, may: ChatPermissions, until: datetime | None) -> None:
    """Let a member do this and nothing else. Raises NotDone where they left."""
    try:
        await bot.restrict_chat_member(
            task.chat_external_id, who, may, until_date=until, use_independent_chat_permissions=True
        )
    except BadRequest as error:
        if not says(error, ALREADY_LEFT):
            raise
        raise NotDone(Reason.LEFT) from error


async def _end_now(bot: Bot, task: Task | Errand, who: int, asked: datetime | None) -> datetime | None:
    """The end that Telegram gave it: with a clock that is wrong, another than was asked for."""
    try:
        member = await told(bot, task.chat_external_id, who)
    except (TelegramError, RefusedThere):  # the sanction stands; what was asked for is the best that is known of it
        return asked
    return end_of(member) if isinstance(member, ChatMemberBanned | ChatMemberRestricted) else asked


async def _silence_channel(bot: Bot, task: Task | Errand, who: int, word: str) -> Receipt:
    await bot.ban_chat_sender_chat(task.chat_external_id, who)
    return {word: True, "channel": True}


def _as_it_stood(task: Task | Errand, word: str, member: ChatMember | None, until: datetime | None) -> Receipt:
    """The receipt where nothing had to be done; after a first attempt that died, what that did is news still."""
    receipt = _receipt(word, end_of(member), kept=not _is_ours(task, member, until))
    return receipt | ({"stood": True} if task.attempts == 1 else {})


def _receipt(word: str, until: datetime | None, kept: bool = False, before: dict[str, Any] | None = None) -> Receipt:
    receipt: Receipt = {word: True, "until": until.isoformat() if until else None}
    return receipt | ({"kept": True} if kept else {}) | ({"before": before} if before else {})
