"""A command that begins a message: its name, the words behind it, and what answers it."""

from __future__ import annotations

from telegram import Message, MessageEntity, Update
from telegram.constants import ChatType

from bot.adapter import GROUPS
from bot.context import Context, Handler
from bot.handlers import (
    group_commands,
    help_commands,
    link_commands,
    person_commands,
    private_commands,
    rule_commands,
    why,
)

IN_PRIVATE: dict[str, Handler] = {
    "start": private_commands.on_start,
    "help": help_commands.on_help_in_private,
    "mydata": private_commands.on_mydata,
    "forget": private_commands.on_forget,
    "appeal": private_commands.on_appeal,
    "review": private_commands.on_review,
}
IN_GROUPS: dict[str, Handler] = {
    "start": group_commands.on_start,
    "help": help_commands.on_help,
    "settings": group_commands.on_settings,
    "status": group_commands.on_status,
    "pause": group_commands.on_pause,
    "resume": group_commands.on_resume,
    "retrain": group_commands.on_retrain,
    "link": link_commands.on_link,
    "unlink": link_commands.on_unlink,
    "why": why.on_why,
    "rules": rule_commands.on_rules,
    "flag": rule_commands.on_flag,
    "allow": rule_commands.on_allow,
    "unrule": rule_commands.on_unrule,
    "trust": person_commands.on_trust,
    "untrust": person_commands.on_untrust,
    "unban": person_commands.on_unban,
}


async def on_command(update: Update, context: Context) -> bool:
    """Answer a command. Returns whether it was the sender's to give: in a group, anybody else's is a message like any other."""
    message = update.message
    command = command_of(message, context.bot.username) if message is not None else None
    if message is None or command is None:
        return False
    name, context.args = command
    handle = _in_chat(message.chat.type).get(name)
    return handle is not None and await handle(update, context)


def _in_chat(chat_type: str) -> dict[str, Handler]:
    if chat_type == ChatType.PRIVATE:
        return IN_PRIVATE
    return IN_GROUPS if chat_type in GROUPS else {}


def command_of(message: Message, username: str) -> tuple[str, list[str]] | None:
    """The name and the arguments of the command that begins the message; None without one, or where another bot is meant."""
    first = message.entities[0] if message.entities else None
    if not message.text or first is None or first.type != MessageEntity.BOT_COMMAND or first.offset != 0:
        return None
    name, _, bot = message.text[1 : first.length].partition("@")
    if (bot or username).lower() != username.lower():
        return None
    return name.lower(), message.text.split()[1:]
