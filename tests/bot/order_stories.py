"""What stories of orders on messages without a verdict share."""

from __future__ import annotations

from typing import Any

from storage.models import Mode
from tests.bot.stories import EVE, GROUP, PHOTO, spam
from tests.bot.world import World
from tests.telegram_server import user

NEWCOMER = user(70, "Newcomer")


def picture(world: World, who: dict[str, Any] = EVE) -> int:
    return world.telegram.say(GROUP, who, None, photo=[PHOTO])


def begun(world: World, mode: Mode = Mode.TRAINING) -> None:
    spam(world, mode, who=NEWCOMER, text="hello")


def bot_messages(world: World) -> list[str]:
    return [m["text"] for m in world.telegram.sent_to(GROUP)]
