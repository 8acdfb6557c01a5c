"""What stories about held messages share: a group's choices, its notices, and the buttons under them."""

from __future__ import annotations

from typing import Any

from storage.access import chats
from storage.models import Hold, HoldState
from storage.session import transaction
from tests.bot.stories import ANN, EVE, GROUP
from tests.bot.world import World
from tests.storage import given

LINK = "see https://roses.example for my roses"


def choose(world: World, **choices: Any) -> None:
    """The group as its moderators want it, in training."""
    world.telegram.say(GROUP, ANN, "welcome")
    world.settle()
    with transaction(world.engine) as session:
        chat = chats.on_telegram(session, GROUP)
        for field, value in choices.items():
            chats.choose(session, chat.id, field, value)


def writes(world: World, text: str | None, who: dict[str, Any] = EVE, **extra: Any) -> int:
    number = world.telegram.say(GROUP, who, text, **extra)
    world.settle()
    return number


def notice(world: World, chat_id: int = GROUP) -> dict[str, Any]:
    """The newest notice with a button about a hold."""
    return next(m for m in world.telegram.sent_to(chat_id)[::-1] if "hold:" in str(m.get("reply_markup", "")))


def press(world: World, button: str, who: dict[str, Any] = ANN, shown: dict[str, Any] | None = None) -> None:
    world.telegram.press(who, shown or notice(world), button)
    world.settle()


def last_text(world: World) -> str:
    return str(world.telegram.sent_to(GROUP)[-1].get("text"))


def holds(world: World) -> list[HoldState]:
    return given.values(world.engine, Hold.state)
