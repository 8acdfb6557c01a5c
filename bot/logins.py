"""/review in private: a login link for whoever moderates a group, asked of Telegram while the link is made."""

from __future__ import annotations

import asyncio

import structlog
from telegram import Bot, LinkPreviewOptions, Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot import rights, texts
from bot.memory import Memory
from jobs.language import sentences
from storage.errors import StorageError
from storage.models import Chat
from storage.queries import chats, logins

Context = ContextTypes.DEFAULT_TYPE

MOST_CHATS = 200  # asked about for one link
AT_ONCE = 8  # questions to Telegram
LOOK_SECONDS = 300.0

log = structlog.get_logger()


async def on_review(update: Update, context: Context) -> None:
    """A link that opens the review site once, with the groups this person moderates and no others."""
    memory: Memory = context.application.bot_data["memory"]
    user, message = update.effective_user, update.message
    if user is None or message is None:
        await memory.settle(update, lambda _: None)
        return
    say = sentences((user.language_code or "en")[:2]).gettext
    common: int | None = context.application.bot_data["common_chat"]
    mine = await moderated(context.bot, await memory.read(chats.groups, MOST_CHATS, common), user.id)
    if not mine:
        await memory.settle(update, lambda _: None)
        await message.reply_text(texts.nothing_to_review(say))
        return
    token = await memory.settle(
        update, lambda session: logins.new_moderators_link(session, user.full_name, user.id, mine)
    )
    link = f"{context.application.bot_data['site']}/login?token={token}"
    unopened = LinkPreviewOptions(is_disabled=True)  # a preview would show strangers nothing but a button
    await message.reply_text(texts.login_link(say, link), link_preview_options=unopened, protect_content=True)


async def watch(bot: Bot, memory: Memory) -> None:
    """Ask Telegram every LOOK_SECONDS whether who may decide on the site still moderates: it does not always tell."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            await look(bot, memory)
        except (StorageError, TelegramError) as error:
            log.warning("moderators could not be looked up", reason=f"{type(error).__name__}: {error}")


async def look(bot: Bot, memory: Memory) -> None:
    """Take from the logins of moderators the groups that they moderate no more. Raises DatabaseUnreachable, TelegramError."""
    for user_id, group in await memory.read(logins.moderators):
        if not await rights.moderates(bot, group, user_id):
            await memory.write(logins.moderates_no_more, group, user_id)


async def moderated(bot: Bot, groups: list[Chat], user_id: int) -> list[int]:
    """The rows of those groups that this person moderates now."""
    at_once = asyncio.Semaphore(AT_ONCE)

    async def is_theirs(group: Chat) -> bool:
        async with at_once:
            return await rights.moderates(bot, group.external_id, user_id)

    answers = await asyncio.gather(*(is_theirs(group) for group in groups))
    return [group.id for group, is_theirs in zip(groups, answers, strict=True) if is_theirs]
