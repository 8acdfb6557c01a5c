"""What a notice tells moderators beside the message itself, and how long it stays."""

from __future__ import annotations

from typing import Any

from tests.bot.stories import ANN, EVE, GROUP, MAX, MODERATORS, linked, notices
from tests.bot.world import World
from tests.telegram_server import user

SUPERGROUP = -1_001_234_567_890


def links(message: dict[str, Any]) -> list[str]:
    return [entity["url"] for entity in message["entities"] if entity["type"] == "text_link"]


def test_the_moderators_open_the_message_and_its_author(world: World) -> None:
    world.telegram.add_group(SUPERGROUP, "Gardeners")
    world.telegram.join(SUPERGROUP, ANN, "administrator", can_delete_messages=True, can_restrict_members=True)
    world.telegram.join(SUPERGROUP, MAX)
    flagged = world.telegram.say(SUPERGROUP, MAX, "buy now")
    world.settle()
    [notice] = notices(world.telegram, SUPERGROUP)
    assert "message · author · 1 message\n" in notice["text"]
    assert links(notice) == [f"https://t.me/c/1234567890/{flagged}"]


def test_in_the_moderators_chat_the_author_has_a_name_and_a_page(world: World) -> None:
    linked(world)
    world.telegram.say(GROUP, MAX, "good morning")
    world.telegram.say(GROUP, MAX, "buy now")
    world.settle()
    [notice] = notices(world.telegram, MODERATORS)
    assert "Max · 2 messages\n" in notice["text"]
    assert links(notice) == ["tg://user?id=12"]


def test_what_was_decided_about_the_same_text_is_in_the_notice(world: World) -> None:
    world.telegram.say(GROUP, EVE, "buy my 10 bicycles now")
    world.settle()
    world.telegram.press(ANN, notices(world.telegram)[-1], "Spam")
    world.settle()
    world.telegram.say(GROUP, user(19, "Zoe"), "buy my 25 bicycles now")
    world.settle()
    assert "decided before: spam, less than a day ago" in notices(world.telegram)[-1]["text"]
