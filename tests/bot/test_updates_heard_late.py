"""Updates of a basic group that are heard when it has become a supergroup."""

from __future__ import annotations

import pytest

from storage.models import Message, Mode
from tests.bot.speakers import TELEGRAM
from tests.bot.stories import ANN, CHANNEL, EVE, GROUP, MAX, MODERATORS, NEW, linked, spam, strangers
from tests.bot.world import World
from tests.storage import given

pytestmark = pytest.mark.stories


def heard_late(world: World) -> None:
    """The bot handles what was said last in the basic group when that has moved and been renamed."""
    with world.telegram.world() as updates:
        late = updates.pop()
    world.telegram.upgrade(GROUP, NEW, ANN)
    world.settle()
    world.telegram.rename(NEW, ANN, "Rose lovers")
    strangers(world, 12)
    with world.telegram.world() as updates:
        updates.append(late)
    world.settle()


@pytest.mark.parametrize("what", ["a message", "an edit", "a join", "an administrator's", "settings", "a post"])
def test_an_update_of_the_basic_group_that_is_heard_late_is_the_supergroups(world: World, what: str) -> None:
    world.telegram.begin_numbers()
    first = spam(world, Mode.TRAINING, text="hello")
    if what == "an edit":
        world.telegram.edit(GROUP, first, "buy there")
    elif what == "a join":
        world.telegram.say(GROUP, MAX, None, new_chat_members=[MAX])
    elif what == "settings":
        world.telegram.say(GROUP, ANN, "/settings")
    elif what == "a post":
        world.telegram.say(GROUP, TELEGRAM, "news", is_automatic_forward=True, sender_chat=CHANNEL)
    else:
        world.telegram.say(GROUP, ANN if what == "an administrator's" else EVE, "buy there")
    heard_late(world)
    assert given.titles(world.engine) == ["Rose lovers"], "it is one chat"
    assert ("buy there" in world.texts_stored()) == (what in ("a message", "an edit"))
    assert min(given.values(world.engine, Message.message_id)) < 0 < max(given.values(world.engine, Message.message_id))
    assert "the roses are in bloom 0" in world.texts_stored()


@pytest.mark.parametrize("word", ["/spam", "/ban", "/report", "/ham"])
def test_an_order_of_the_basic_group_that_is_heard_late_removes_nothing_of_the_supergroup(
    world: World, word: str
) -> None:
    world.telegram.begin_numbers()
    message_id = spam(world, Mode.TRAINING, text="maybe this")
    world.telegram.reply(GROUP, ANN if word != "/report" else MAX, message_id, word)
    heard_late(world)
    gone = {(int(call["chat_id"]), int(call["message_id"])) for call in world.telegram.called("deleteMessage")}
    assert gone == set()
    assert (world.telegram.status(NEW, EVE) == "kicked") == (word in ("/spam", "/ban"))


def test_an_order_about_who_came_to_the_basic_group_removes_nothing_of_the_supergroup(world: World) -> None:
    world.telegram.begin_numbers()
    spam(world, Mode.TRAINING, text="hello")
    came = world.telegram.say(GROUP, EVE, None, new_chat_members=[EVE])
    world.settle()
    world.telegram.reply(GROUP, ANN, came, "/ban")
    heard_late(world)
    assert world.telegram.called("deleteMessage") == []
    assert world.telegram.status(NEW, EVE) == "kicked"


@pytest.mark.parametrize("is_common", [False, True])
def test_what_was_said_in_the_moderators_chat_before_it_moved_stays_among_moderators(
    world: World, is_common: bool
) -> None:
    if is_common:
        world.bot.bot_data["common_chat_id"] = MODERATORS
    else:
        linked(world)
    spam(world, Mode.TRAINING, text="hello")
    world.telegram.say(MODERATORS, MAX, "buy, he says")
    with world.telegram.world() as updates:
        late = updates.pop()
    world.telegram.upgrade(MODERATORS, NEW, ANN)
    world.settle()
    with world.telegram.world() as updates:
        updates.append(late)
    world.telegram.say(NEW, MAX, "buy, he says again")
    world.settle()
    assert "buy, he says" not in str(world.texts_stored())
