"""A group whose moderators read in a chat of their own, what is told there, and what is forwarded to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import fresh
from tests.bot.stories import EVE, GROUP, MODERATORS, linked
from tests.bot.world import World
from tests.telegram_server import TelegramServer


@pytest.fixture(params=["by a link", "by the setting"])
def moderated(
    request: pytest.FixtureRequest,
    own_settings: None,
    monkeypatch: pytest.MonkeyPatch,
    telegram: TelegramServer,
    tmp_path: Path,
) -> Iterator[World]:
    """A world in which the moderators of the group read in a chat of their own."""
    if request.param == "by the setting":
        monkeypatch.setenv("HAMLET_MODERATORS_CHAT_ID", str(MODERATORS))
    made = World(telegram, fresh.sqlite(tmp_path / "world.sqlite3"))
    if request.param == "by a link":
        linked(made)
    yield made
    made.close()


def bot_messages(world: World, chat_id: int = MODERATORS) -> list[str]:
    return [m["text"] for m in world.telegram.sent_to(chat_id)]


def forwarded(world: World, who: dict[str, Any], message_id: int, author: dict[str, Any] = EVE) -> int:
    original = world.telegram.messages[GROUP, message_id]
    origin = {"type": "user", "date": original["date"], "sender_user": author}
    return world.telegram.say(MODERATORS, who, original["text"], forward_origin=origin)
