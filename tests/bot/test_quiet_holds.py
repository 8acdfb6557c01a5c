"""In a quiet night the notices of what is held and of floods wait for the morning as well."""

from __future__ import annotations

import pytest

from storage.models import Message, MessageState
from tests.bot.hold_stories import LINK
from tests.bot.stories import GROUP
from tests.bot.test_floods import flood, group
from tests.bot.test_quiet_nights import at_two_in_the_night, choose, morning, texts, write
from tests.bot.world import World
from tests.storage import given

pytestmark = pytest.mark.stories


def test_what_is_held_at_night_is_shown_in_the_morning(world: World) -> None:
    at_two_in_the_night(world)
    choose(world, hold_links="yes")
    write(world, LINK)
    assert MessageState.HELD in given.values(world.engine, Message.state)
    assert texts(world) == []
    morning(world)
    [notice] = texts(world)
    assert "Held in Gardeners" in notice


def test_a_night_of_holds_is_ten_notices_and_one_sentence(world: World) -> None:
    at_two_in_the_night(world)
    choose(world, hold_links="yes")
    for number in range(13):
        write(world, f"{LINK} {number}")
        given.passed(world.engine, "actions", "created_at")
    assert texts(world) == []
    morning(world)
    assert len(texts(world)) == 11


def test_a_flood_at_night_is_shown_in_the_morning(world: World) -> None:
    group(world)
    at_two_in_the_night(world)
    flood(world)
    world.settle()
    assert texts(world) == []
    morning(world)
    [notice] = texts(world)
    assert "4 messages that say the same, by 4 newcomers" in notice


def test_by_day_what_is_held_is_shown_at_once(world: World) -> None:
    at_two_in_the_night(world)
    choose(world, hold_links="yes", quiet_night="off")
    write(world, LINK)
    assert "Held in Gardeners" in world.telegram.sent_to(GROUP)[-1]["text"]
