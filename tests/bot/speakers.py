"""Who writes in a group besides its members, as Telegram names them, and members who are heard."""

from __future__ import annotations

from typing import Any

from tests.bot.stories import CHANNEL, GROUP
from tests.bot.world import World

ORDERS = ["/spam", "/ban", "/warn", "/ban for good"]
AS_A_CHANNEL = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
AS_THE_GROUP = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
THE_GROUP = {"id": GROUP, "type": "supergroup", "title": "Gardeners"}
TELEGRAM = {"id": 777000, "is_bot": False, "first_name": "Telegram"}


def of_the_channel(world: World, text: str = "our new book", **extra: Any) -> int:
    world.telegram.link_channel(GROUP, CHANNEL)
    return world.telegram.say(GROUP, AS_A_CHANNEL, text, sender_chat=CHANNEL, **extra)


def regular(world: World, who: dict[str, Any]) -> None:
    """Somebody who has written enough clean messages to be heard when they report."""
    for number in range(5):
        world.telegram.say(GROUP, who, f"the roses want water today {number}")
    world.settle()
