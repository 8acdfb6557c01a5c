"""A group is called by the title that it has now, and by no other chat's."""

from __future__ import annotations

import pytest

from storage.models import Mode
from tests.bot.stories import ANN, EVE, GROUP, MODERATORS, linked, notices, spam
from tests.bot.world import World

pytestmark = pytest.mark.stories


def test_a_renamed_group_is_called_by_its_new_title(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    world.telegram.rename(GROUP, ANN, "Rose lovers")
    world.telegram.say(GROUP, EVE, "buy now")
    world.settle()
    assert notices(world.telegram)[0]["text"].startswith("Looks like spam in Rose lovers")


def test_a_moderators_chats_title_never_becomes_its_groups(world: World) -> None:
    linked(world)
    world.telegram.say(MODERATORS, ANN, "/status")
    world.settle()
    assert world.chat(GROUP).title == "Gardeners"


def test_a_renamed_group_is_called_by_its_new_name(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    world.telegram.add_group(GROUP, "Rose lovers")
    world.telegram.say(GROUP, EVE, "buy now")
    world.settle()
    assert "Rose lovers" in notices(world.telegram)[0]["text"]
