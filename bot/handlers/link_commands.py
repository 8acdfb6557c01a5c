"""/link and /unlink: a chat becomes a group's moderators' chat, where nobody is judged, and is one no longer."""

from __future__ import annotations

from functools import partial

from sqlalchemy.orm import Session
from telegram import Message, Update, User

from bot import rights, texts
from bot.context import Context
from bot.rights import Actor
from storage.access import chats, links
from storage.models import Chat
from telegram_ui.language import language_of, sentences


async def on_link(update: Update, context: Context) -> bool:
    """/link CODE: this chat becomes the moderators' chat of the group the code is for. Returns whether it was a code."""
    message, database = update.message, context.database
    code = " ".join(context.args or [])
    if message is None or message.from_user is None or not links.is_code(code):
        return False
    refusal = await _refusal(context, message, message.from_user, code)
    chat, user_id, chat_id = None, message.from_user.id, message.chat.id
    if refusal is None:
        chat = await database.settle(update, lambda session: links.use(session, code, user_id, chat_id))
    else:
        await database.mark_handled(update)
    if chat is None:
        say = sentences(language_of(message.from_user.language_code)).gettext
        await message.reply_text((refusal or texts.wrong_code)(say))
    else:
        await message.reply_text(texts.linked(sentences(chat.language).gettext, chat.title))
    return True


async def _refusal(context: Context, message: Message, user: User, code: str) -> texts.Sentence | None:
    """Why this chat is not linked now; None where it may be. The code stays valid.

    Nothing is judged in a moderators' chat, and notices with members' words are posted there. So Telegram is asked
    whether whoever sends the code moderates both: the group now, and not only when they were given the code, and this chat.
    """
    if message.sender_chat is not None:
        return texts.link_in_own_name
    group = await context.database.read(links.group_of, code, user.id)
    if group is None:
        return texts.wrong_code
    if group.external_id == message.chat.id:
        return texts.link_elsewhere
    if not await rights.moderates(context.bot, group.external_id, user.id):
        return partial(texts.moderates_no_more, title=group.title)
    if await rights.moderator_here(context.bot, message) is None:
        return texts.only_this_chats_moderators
    return None


async def on_unlink(update: Update, context: Context) -> bool:
    """/unlink: this is no moderators' chat any more, or this group has none. Returns whether a moderator of the chat said it."""
    message = update.message
    actor = await rights.moderator_here(context.bot, message) if message is not None else None
    if message is None or actor is None:
        return False
    end = partial(_end, message=message, actor=actor, common_chat_id=context.common_chat_id)
    await message.reply_text(await context.database.settle(update, end))
    return True


def _end(session: Session, message: Message, actor: Actor, common_chat_id: int | None) -> str:
    say = sentences(chats.language(session, message.chat.id)).gettext
    groups = links.end(session, message.chat.id, actor.actor)
    if not groups:
        return texts.nothing_linked(say)
    return texts.unlinked(say, [group.title for group in groups], _judged(session, message, common_chat_id))


def _judged(session: Session, message: Message, common_chat_id: int | None) -> Chat | None:
    """The chat, if what is written there is judged now."""
    if links.is_moderators_chat(session, message.chat.id, common_chat_id):
        return None
    return chats.on_telegram(session, message.chat.id, message.chat.title or "")
