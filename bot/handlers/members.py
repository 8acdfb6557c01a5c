"""Who joins a group, which tells newcomers from earlier members; whose role changes, the bot's own included."""

from __future__ import annotations

from functools import partial

from sqlalchemy.orm import Session
from telegram import ChatMemberUpdated, Message, Update

from bot import bell, memberships
from bot.context import Context
from bot.memberships import Joined, Role
from storage.access import chats, joins, links, logins, switches
from storage.models import ActionKind
from storage.moderation import joining
from storage.moderation.policies import suspect_accounts
from storage.moderation.requested_actions import requests


async def on_membership(update: Update, context: Context) -> bool:
    """Store what the update says about members. Returns whether it is about them, and so is no message to judge."""
    settle, common_chat_id = context.database.settle, context.common_chat_id
    if update.chat_member is not None:
        await _on_changed_member(update, context, update.chat_member)
    if (service := memberships.came_or_left(update, context.bot.id)) is not None:
        joined = memberships.joined(update)
        note = partial(_note_service, message=service, joined=joined, common_chat_id=common_chat_id)
        await _ring(await settle(update, note))
        return True
    if (joined := memberships.joined(update)) is not None:
        await _ring(await settle(update, partial(_note_joins, joined=joined, common_chat_id=common_chat_id)))
        return True
    if (role := memberships.own_role(update)) is not None:
        await settle(update, partial(_note_own_role, role=role, common_chat_id=common_chat_id))
        return True
    return False


async def _ring(is_judged: bool) -> None:
    """Ring the worker's bell where a name waits to be judged."""
    if is_judged:
        bell.classify()


async def _on_changed_member(update: Update, context: Context, changed: ChatMemberUpdated) -> None:
    """Forget the group's administrators, log a former moderator out of it, and leave to people what they did by hand."""
    context.administrators.forget(changed.chat.id)
    if (user_id := memberships.demoted(changed)) is not None:
        no_more = partial(logins.moderates_no_more, chat_external_id=changed.chat.id, user_id=user_id)
        await context.database.take_step(update, no_more)
    if changed.from_user.id != context.bot.id and memberships.is_or_was_sanctioned(changed):
        await context.database.take_step(update, partial(_note_taken_over, changed=changed))


def _note_taken_over(session: Session, changed: ChatMemberUpdated) -> None:
    chat = chats.on_telegram(session, changed.chat.id, changed.chat.title or "")
    requests.note_taken_over(session, chat.id, changed.new_chat_member.user.id, changed.date)


def _note_service(session: Session, message: Message, joined: Joined | None, common_chat_id: int | None) -> bool:
    """Store who joined, and have the message about it removed where the chat wants that. Returns whether a name waits."""
    waits = joined is not None and _note_joins(session, joined, common_chat_id)
    if links.is_moderators_chat(session, message.chat.id, common_chat_id):
        return waits
    chat = chats.on_telegram(session, message.chat.id, message.chat.title or "")
    if chat.chosen.removes_service and switches.may_act(session, chat):
        number = chats.number_in(chat, message.chat.id, message.message_id)
        requests.ask_in_chat(session, chat.id, ActionKind.DELETE, message_id=number, is_automatic=True)
    return waits


def _note_joins(session: Session, joined: Joined, common_chat_id: int | None) -> bool:
    """Store who joined. Returns whether a name waits to be judged, where the chat wants that.

    Nothing is stored of a moderators' chat, where nobody is judged.
    """
    if links.is_moderators_chat(session, joined.chat_external_id, common_chat_id):
        return False
    chat = chats.on_telegram(session, joined.chat_external_id, joined.chat_title)
    joins.note(session, chat, joined.user_ids, joined.at)
    requests.retry_for_returned(session, chat.id, joined.user_ids)
    suspect_accounts.on_join(session, chat, joined.user_ids)
    if not chat.chosen.reads_joining_names:
        return False
    number = joined.service_message_id
    number = chats.number_in(chat, joined.chat_external_id, number) if number is not None else None
    waiting = [joining.receive(session, chat, one, joined.at, number) for one in joined.people]
    return any(waiting)


def _note_own_role(session: Session, role: Role, common_chat_id: int | None) -> None:
    """Telegram reports every join to a bot that is an administrator, and to no other."""
    if not role.is_administrator:
        joins.see_no_more(session, role.chat_external_id)
    elif not links.is_moderators_chat(session, role.chat_external_id, common_chat_id):
        joins.see(chats.on_telegram(session, role.chat_external_id, role.chat_title))
