"""Moderators' commands about one member: /trust, /untrust and /unban, and /ban or /mute with an id or @name.

They are for the group they are given in, or for the groups whose moderators read there. Whoever is named by id or @name
must have been seen in the group.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy.orm import Session
from telegram import Message, Update

from bot import bell, reply_targets, texts
from bot.context import Context
from bot.given_orders import Given, noted
from bot.handlers import group_commands
from bot.handlers.group_commands import Group
from bot.order_words import Word
from bot.reply_targets import NoTarget
from bot.rights import Actor
from storage.access import chats, links, people, trust
from storage.access.people import Member
from storage.errors import UnknownVerdict
from storage.models import Chat
from storage.moderation import pardons, person_orders, verdicts
from storage.moderation.person_orders import PersonCommand
from telegram_ui.language import sentences

Do = Callable[[Session, Chat, Actor, Member], str]  # returns the answer
Plan = Callable[[Session], str]  # the same, with everything known but the rows


@dataclass(frozen=True)
class Command:
    """What is done about a member."""

    name: str
    do: Do
    spares_administrators: bool = True


async def on_trust(update: Update, context: Context) -> bool:
    """/trust: this member is in good standing here, whatever they write."""
    return await _on_command(update, context, Command("trust", _trust))


async def on_untrust(update: Update, context: Context) -> bool:
    """/untrust: the member's standing is what their messages earn."""
    return await _on_command(update, context, Command("untrust", _untrust, spares_administrators=False))


async def on_unban(update: Update, context: Context) -> bool:
    """/unban: every sanction of hamlet's on the member is lifted here."""
    is_theirs = await _on_command(update, context, Command("unban", _lift, spares_administrators=False))
    if is_theirs:
        bell.classify()
    return is_theirs


async def on_word(update: Update, context: Context, message: Message, word: Word) -> bool:
    """/ban or /mute with an id or @name: the member alone, whatever they wrote. Returns whether it was the sender's to give."""
    if word.order is None:
        return False
    groups = await group_commands.moderated_groups(context, message)
    if not groups:
        return False
    command = Command(str(word.order), partial(_sanction, given=Given(word.order, word.term)))
    if word.unsuitable is not None:
        plans = [_saying(texts.unsuitable_length(await _say(context, groups[0]), word))]
    else:
        plans = await _about_address(context, groups, word.person, command)
    await _carry_out(update, context, message, plans)
    bell.classify()
    return True


async def _on_command(update: Update, context: Context, command: Command) -> bool:
    message = update.message
    groups = await group_commands.moderated_groups(context, message) if message is not None else []
    if message is None or not groups:
        return False
    typed = context.args or []
    if len(typed) == 1 and people.is_address(typed[0]):
        plans = await _about_address(context, groups, typed[0], command)
    elif typed:
        plans = [_saying(texts.name_a_member(await _say(context, groups[0]), command.name))]
    else:
        plans = await _about_reply(context, groups, message, command)
    await _carry_out(update, context, message, plans)
    return True


async def _carry_out(update: Update, context: Context, message: Message, plans: list[Plan]) -> None:
    """Do everything in the transaction that settles the update, then answer."""
    answers = await context.database.settle(update, lambda session: [plan(session) for plan in plans])
    for answer in answers:
        await message.reply_text(answer, allow_sending_without_reply=True)


async def _about_address(context: Context, groups: list[Group], address: str, command: Command) -> list[Plan]:
    """To do it in each group where somebody was seen under that id or @name; where nobody was in any, say so once."""
    members = [(group, await context.database.write(_resolve, group, address)) for group in groups]
    known = [(group, member) for group, member in members if member is not None]
    if not known:
        return [_saying(texts.never_seen(await _say(context, groups[0]), address))]
    return [await _about(context, group, member, command) for group, member in known]


async def _about_reply(context: Context, groups: list[Group], message: Message, command: Command) -> list[Plan]:
    """To do it to whoever wrote the message replied to, or the one that a notice shows."""
    say = await _say(context, groups[0])
    target = await reply_targets.target_of(context, message)
    if isinstance(target, NoTarget):
        is_missing = target == NoTarget.NO_REPLY
        return [_saying(texts.name_a_member(say, command.name) if is_missing else texts.no_target(say, target))]
    if target.verdict_id is not None:
        return [await _about_notice(context, groups, target.verdict_id, command)]
    if await context.database.read(links.is_moderators_chat, message.chat.id, context.common_chat_id):
        return [_saying(texts.answer_a_notice(say))]
    members = [Member(user_id) for user_id in target.user_ids]
    if target.message is not None and target.message.author_id is not None:
        members = [Member(target.message.author_id, target.message.author_name)]
    return [await _about(context, groups[0], member, command) for member in members]


async def _about_notice(context: Context, groups: list[Group], verdict_id: int, command: Command) -> Plan:
    say = await _say(context, groups[0])
    try:
        judged = await context.database.read(verdicts.verdict, verdict_id)
    except UnknownVerdict:
        return _saying(texts.unknown_notice(say))
    group = next((one for one in groups if one.external_id == judged.chat_external_id), None)
    if group is None or judged.author_id is None:
        return _saying(texts.only_moderators(say) if group is None else texts.no_target(say, NoTarget.SERVICE))
    return await _about(context, group, Member(judged.author_id, judged.author_name), command)


async def _about(context: Context, group: Group, member: Member, command: Command) -> Plan:
    if command.spares_administrators and await context.administrators.speak(
        context.bot, group.external_id, member.user_id
    ):
        return _saying(texts.is_administrator(await _say(context, group), member))
    return partial(_do, group=group, member=member, do=command.do)


def _saying(text: str) -> Plan:
    return lambda _session: text


async def _say(context: Context, group: Group) -> texts.Say:
    return sentences(await context.database.read(chats.language, group.external_id)).gettext


def _resolve(session: Session, group: Group, address: str) -> Member | None:
    return people.resolve(session, _row(session, group).id, address)


def _do(session: Session, group: Group, member: Member, do: Do) -> str:
    chat = _row(session, group)
    known = member if member.name else replace(member, name=people.name(session, chat.id, member.user_id))
    return do(session, chat, group.actor, known)


def _row(session: Session, group: Group) -> Chat:
    return chats.on_telegram(session, group.external_id, group.title)


def _trust(session: Session, chat: Chat, actor: Actor, member: Member) -> str:
    say = sentences(chat.language).gettext
    if member.user_id < 0:
        return texts.only_people(say)
    return texts.trusted(say, member, trust.give(session, chat.id, member.user_id, member.name, actor.actor))


def _untrust(session: Session, chat: Chat, actor: Actor, member: Member) -> str:
    was_trusted = trust.take(session, chat.id, member.user_id, actor.actor)
    return texts.untrusted(sentences(chat.language).gettext, member, was_trusted)


def _lift(session: Session, chat: Chat, actor: Actor, member: Member) -> str:
    count = pardons.lift_all(session, chat.id, member.user_id, actor.actor)
    return texts.lifting(sentences(chat.language).gettext, member, count)


def _sanction(session: Session, chat: Chat, actor: Actor, member: Member, *, given: Given) -> str:
    command = PersonCommand(member.user_id, given.kind, given.term, actor.actor, actor.name)
    person_orders.about_person(session, chat, command)
    return noted(chat, member, given)
