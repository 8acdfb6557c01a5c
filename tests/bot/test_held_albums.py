"""An album that is held for one of its parts is held, let in and refused as a whole."""

from __future__ import annotations

import pytest

from storage.models import ActionKind, HoldState, Message, MessageState
from tests.bot.hold_stories import LINK, choose, holds, notice, press
from tests.bot.stories import EVE, GROUP, MODERATORS, linked, photo, stands
from tests.bot.world import World
from tests.storage import given

NAMES = ("rose", "tulip", "lily", "iris", "aster")


def show(world: World, name: str, caption: str | None = None) -> int:
    world.telegram.pictures.add(name)
    return world.telegram.say(GROUP, EVE, None, caption=caption, media_group_id="a", photo=[photo(name)])


def posted_again(world: World) -> list[str]:
    return [message["photo"][0]["file_id"] for message in world.telegram.sent_to(GROUP) if "photo" in message]


@pytest.mark.parametrize("captioned", [0, 4], ids=["first", "last"])
def test_a_caption_holds_every_part_and_all_are_let_in(world: World, captioned: int) -> None:
    linked(world)
    choose(world, hold_links="yes")
    parts = [show(world, name, LINK if n == captioned else None) for n, name in enumerate(NAMES)]
    world.settle()
    assert not any(stands(world.telegram, part) for part in parts)
    assert set(given.values(world.engine, Message.state)) == {MessageState.HELD}
    press(world, "Let it in", shown=notice(world, MODERATORS))
    assert posted_again(world) == list(NAMES)
    assert given.kinds(world.engine).count(ActionKind.DELETE) == 5


def test_parts_that_arrive_later_are_held_and_let_in_too(world: World) -> None:
    linked(world)
    choose(world, hold_links="yes")
    show(world, "rose", LINK)
    world.settle()
    late = show(world, "tulip")
    world.settle()
    assert not stands(world.telegram, late)
    assert holds(world) == [HoldState.HELD] * 2
    assert set(given.values(world.engine, Message.state)) == {MessageState.HELD}
    press(world, "Let it in", shown=notice(world, MODERATORS))
    assert posted_again(world) == ["rose", "tulip"]


def test_parts_that_arrive_after_the_decision_follow_it(world: World) -> None:
    linked(world)
    choose(world, hold_links="yes")
    show(world, "rose", LINK)
    world.settle()
    press(world, "Let it in", shown=notice(world, MODERATORS))
    late = show(world, "tulip")
    world.settle()
    assert stands(world.telegram, late)
