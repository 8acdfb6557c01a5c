"""Who joins a group, and whether the bot is told: what tells a newcomer from a member who was there before it."""

from __future__ import annotations

from functools import partial

from sqlalchemy.orm import Session
from telegram import ChatMember, ChatMemberUpdated, Message, Update
from telegram.ext import ContextTypes

from bot import translate
from bot.memory import Memory
from bot.translate import Joined, Role
from storage.queries import asking, chats, joins, links, logins

Context = ContextTypes.DEFAULT_TYPE


async def on_membership(update: Update, context: Context) -> bool:
    """Remember what the update tells about who joins. Returns whether it told that, and so is no message to judge."""
    memory: Memory = context.application.bot_data["memory"]
    common: int | None = context.application.bot_data["common_chat"]
    changed = update.chat_member
    if changed is not None:
        context.application.bot_data["administrators"].forget(changed.chat.id)
        if (person := translate.demoted(changed)) is not None:
            await memory.write(logins.moderates_no_more, changed.chat.id, person)
        if changed.from_user.id != context.bot.id and _is_held(changed):
            await memory.write(_taken_over, changed)
    if (joined := translate.joined(update)) is not None:
        await memory.settle(update, partial(_note, joined=joined, common=common))
    elif (role := translate.own_role(update)) is not None:
        await memory.settle(update, partial(_follow, role=role, common=common))
    elif (post := translate.channels_post(update)) is not None:
        await memory.settle(update, partial(_open, post=post))
    else:
        return False
    return True


def _note(session: Session, joined: Joined, common: int | None) -> None:
    """What happens in a moderators' chat is not judged, so nothing is kept of it."""
    if not links.is_moderators_chat(session, joined.chat_external_id, common):
        chat = chats.on_telegram(session, joined.chat_external_id, joined.chat_title)
        joins.note(session, chat, joined.user_ids, joined.at)
        asking.come_back(session, chat.id, joined.user_ids)


def _is_held(changed: ChatMemberUpdated) -> bool:
    """Whether the member is, or was, banned or restricted."""
    both = {changed.old_chat_member.status, changed.new_chat_member.status}
    return bool(both & {ChatMember.BANNED, ChatMember.RESTRICTED})


def _taken_over(session: Session, changed: ChatMemberUpdated) -> None:
    chat = chats.on_telegram(session, changed.chat.id, changed.chat.title or "")
    asking.taken_over(session, chat.id, changed.new_chat_member.user.id, changed.date)


def _follow(session: Session, role: Role, common: int | None) -> None:
    """Telegram tells administrators, and them alone, of every join."""
    if not role.is_administrator:
        joins.see_no_more(session, role.chat_external_id)
    elif not links.is_moderators_chat(session, role.chat_external_id, common):
        joins.see(chats.on_telegram(session, role.chat_external_id, role.chat_title))


def _open(session: Session, post: Message) -> None:
    chats.on_telegram(session, post.chat.id, post.chat.title or "").has_comments = True
