"""The menus of commands that Telegram shows: one for private chats, one for a group's members, one for its administrators."""

from __future__ import annotations

import structlog
from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)
from telegram.error import TelegramError

from bot import texts
from telegram_ui.language import LANGUAGES, sentences

log = structlog.get_logger()


def menus(say: texts.Say) -> list[tuple[BotCommandScope, dict[str, str]]]:
    """Each menu's scope and its commands with what they do."""
    return [
        (BotCommandScopeAllPrivateChats(), texts.in_private(say)),
        (BotCommandScopeAllGroupChats(), texts.for_members(say)),
        (BotCommandScopeAllChatAdministrators(), texts.by_reply(say) | texts.for_moderators(say)),
    ]


async def set_all(bot: Bot) -> None:
    """Set every menu in every language, English for people of all others. A refusal is logged: the bot works without menus."""
    try:
        for language in LANGUAGES:
            for scope, commands in menus(sentences(language).gettext):
                await bot.set_my_commands(
                    [BotCommand(name, does) for name, does in commands.items()],
                    scope=scope,
                    language_code=None if language == "en" else language,
                )
    except TelegramError as error:
        log.warning("the menus of commands could not be set", reason=f"{type(error).__name__}: {error}")
