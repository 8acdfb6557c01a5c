"""What the stories about groups share: who is there, and what they do again and again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from storage.models import Mode
from tests import fresh
from tests.bot.world import World
from tests.telegram_server import TelegramServer, user

GROUP, OTHER, MODERATORS = -1001, -1003, -1002
NEW = -1007  # the supergroup that one of them becomes
ANN, BOB, MAX, EVE = user(11, "Ann"), user(14, "Bob"), user(12, "Max"), user(13, "Eve <b>bold</b>")
CHANNEL = {"id": -1009, "type": "channel", "title": "Cheap <i>things</i>"}


@pytest.fixture(scope="module")
def one_telegram() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        yield server


@pytest.fixture
def telegram(one_telegram: TelegramServer) -> TelegramServer:
    server = one_telegram
    with server.world() as updates:
        updates.clear()
    for kept in (
        server.messages,
        server.history,
        server.calls,
        server.started,
        server.banned_channels,
        server.pictures,
        server.files,
        server.closed_topics,
    ):
        kept.clear()
    for chat_id, title in ((GROUP, "Gardeners"), (OTHER, "Cooks"), (MODERATORS, "Moderators")):
        server.add_group(chat_id, title)
        for who in (ANN, BOB):
            server.join(chat_id, who, "administrator", can_delete_messages=True, can_restrict_members=True)
        for who in (MAX, EVE):
            server.join(chat_id, who)
    return server


@pytest.fixture
def world(telegram: TelegramServer, tmp_path: Path) -> Iterator[World]:
    made = World(telegram, fresh.sqlite(tmp_path / "world.sqlite3"))
    yield made
    made.close()


def notices(telegram: TelegramServer, chat_id: int = GROUP) -> list[dict[str, Any]]:
    return [m for m in telegram.sent_to(chat_id) if "Why?" in str(m.get("reply_markup", ""))]


def last_alert(world: World) -> str:
    return str(world.telegram.called("answerCallbackQuery")[-1]["text"])


def stands(telegram: TelegramServer, message_id: int, chat_id: int = GROUP) -> bool:
    return (chat_id, message_id) in telegram.messages


def spam(world: World, mode: Mode, who: dict[str, Any] = EVE, text: str = "buy now") -> int:
    """Spam in a group of that mode, and all that follows from it by itself."""
    world.telegram.say(GROUP, ANN, "welcome")
    world.settle()
    world.mode(mode)
    message_id = world.telegram.say(GROUP, who, text)
    world.settle()
    return message_id


def linked(world: World) -> None:
    world.telegram.say(GROUP, ANN, "/start")
    world.settle()
    world.telegram.press(ANN, world.telegram.sent_to(GROUP)[-1], "Link a moderators' chat")
    world.settle()
    code = world.telegram.called("answerCallbackQuery")[-1]["text"].split("/link ")[1]
    world.telegram.say(MODERATORS, MAX, f"/link {code}")
    world.settle()
    assert world.chat(GROUP).moderators_chat_id is None, "a code works for whom it was given"
    world.telegram.say(MODERATORS, ANN, f"/link {code}")
    world.settle()
    assert world.chat(GROUP).moderators_chat_id == MODERATORS
    world.telegram.say(OTHER, ANN, f"/link {code}")
    world.settle()
    assert world.chat(GROUP).moderators_chat_id == MODERATORS, "a code works once"


def photo(file_id: str) -> dict[str, Any]:
    return {"file_id": file_id, "file_unique_id": file_id, "width": 10, "height": 10}


PHOTO = photo("p")


def strangers(world: World, count: int) -> list[int]:
    """Max's messages in the supergroup, whose numbers are those of old ones in the basic group."""
    numbers = [world.telegram.say(NEW, MAX, f"the roses are in bloom {number}") for number in range(count)]
    world.settle()
    return numbers
