"""A chat that becomes a supergroup while the bot is deaf: notices are read, and buttons work, in the new one."""

from __future__ import annotations

import pytest

from storage.models import Mode, Move
from tests.bot.stories import ANN, EVE, GROUP, MAX, MODERATORS, NEW, linked, notices, spam
from tests.bot.world import World
from tests.storage import given

pytestmark = pytest.mark.stories


@pytest.fixture
def common_chat(own_settings: None, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("HAMLET_MODERATORS_CHAT_ID", str(MODERATORS))
    return MODERATORS


def test_the_moderators_chat_of_the_setting_moves_and_is_read(common_chat: int, world: World) -> None:
    world.telegram.upgrade(MODERATORS, NEW, is_told=False)
    spam(world, Mode.TRAINING)
    assert len(notices(world.telegram, NEW)) == 1
    assert given.values(world.engine, Move.new_id) == [NEW]
    world.telegram.say(GROUP, MAX, "buy more")
    world.settle()
    assert len(notices(world.telegram, NEW)) == 2


def test_the_linked_moderators_chat_moves_while_the_bot_is_deaf(world: World) -> None:
    linked(world)
    world.telegram.upgrade(MODERATORS, NEW, is_told=False)
    spam(world, Mode.TRAINING)
    assert len(notices(world.telegram, NEW)) == 1
    assert world.chat(GROUP).moderators_chat_id == NEW


def test_a_decision_about_a_notice_in_a_chat_that_moved_is_told_in_the_new_one(world: World) -> None:
    linked(world)
    spam(world, Mode.TRAINING)
    old = notices(world.telegram, MODERATORS)[0]
    world.telegram.upgrade(MODERATORS, NEW, is_told=False)
    world.telegram.press(ANN, old, "Spam")
    world.settle()
    [notice] = notices(world.telegram, NEW)
    assert notice["text"].endswith("✓ Ann: spam")
    world.telegram.press(ANN, notice, "Not spam")
    world.settle()
    [notice] = notices(world.telegram, NEW)
    assert notice["text"].endswith("✓ Ann: not spam")


@pytest.mark.parametrize("is_told", [True, False])
def test_a_button_of_a_group_that_moved_bans_in_the_new_one(world: World, is_told: bool) -> None:
    spam(world, Mode.TRAINING)
    old = notices(world.telegram)[0]
    world.telegram.upgrade(GROUP, NEW, is_told=is_told)
    world.settle()
    world.telegram.press(ANN, old, "Spam")
    world.settle()
    assert world.telegram.called("answerCallbackQuery")
    assert world.telegram.status(NEW, EVE) == "kicked"
