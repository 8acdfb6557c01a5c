"""What stories about single members share: Rose, whom commands are about, and what the bot answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from storage.access import chats
from storage.models import Chat, Mode, now
from storage.session import transaction
from tests.bot.stories import ANN, GROUP
from tests.bot.world import World

ROSE = {"id": 70_001, "is_bot": False, "first_name": "Rose", "username": "Rose_K"}


def ordered(world: World, text: str, to: int | None = None, who: dict[str, Any] = ANN, chat: int = GROUP) -> str:
    """What the bot answers to a command, in reply to a message or alone."""
    if to is None:
        world.telegram.say(chat, who, text)
    else:
        world.telegram.reply(chat, who, to, text)
    world.settle()
    return str(world.telegram.sent_to(chat)[-1]["text"]) if world.telegram.sent_to(chat) else ""


def settled(world: World, who: dict[str, Any], text: str) -> int:
    message_id = world.telegram.say(GROUP, who, text)
    world.settle()
    return message_id


def group_with(world: World, mode: Mode = Mode.TRAINING) -> int:
    """A message of Rose's in a group of that mode."""
    world.telegram.join(GROUP, ROSE)
    settled(world, ANN, "welcome")
    world.mode(mode)
    return settled(world, ROSE, "hello everybody")


def chooses(world: World, **chosen: Any) -> None:
    with transaction(world.engine) as session:
        chat = session.scalars(select(Chat).filter_by(external_id=GROUP)).one()
        for field, value in chosen.items():
            chats.choose(session, chat.id, field, value)


def banned_until(world: World) -> timedelta:
    """How long the newest ban at Telegram lasts."""
    return timedelta(seconds=int(world.telegram.called("banChatMember")[-1]["until_date"]) - now().timestamp())
