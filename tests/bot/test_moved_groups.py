"""A basic group becomes a supergroup, whose messages count from 1 again."""

from __future__ import annotations

import pytest

from storage.models import Mode
from tests.bot.stories import ANN, EVE, GROUP, MAX, MODERATORS, NEW, linked, notices, spam, stands, strangers
from tests.bot.world import World
from tests.storage import given

pytestmark = pytest.mark.stories


def upgraded(world: World) -> None:
    """One of Eve's messages, flagged, and six of Max's stand in the basic group, numbered from 1, when it is upgraded."""
    world.telegram.begin_numbers()
    spam(world, Mode.TRAINING, text="buy now")
    for number in range(6):
        world.telegram.say(GROUP, MAX, f"good morning to all of you {number}")
    world.settle()
    world.telegram.upgrade(GROUP, NEW, ANN)
    world.settle()


def test_an_order_in_the_supergroup_means_who_wrote_it_there(world: World) -> None:
    upgraded(world)
    message_id = world.telegram.say(NEW, EVE, "come and see t.me/x")
    world.settle()
    world.telegram.reply(NEW, ANN, message_id, "/spam")
    world.settle()
    assert not stands(world.telegram, message_id, NEW)
    assert (world.telegram.status(NEW, EVE), world.telegram.status(NEW, MAX)) == ("kicked", "member")
    assert given.learned(world.engine) == [("come and see t.me/x", True)]


@pytest.mark.parametrize("by", ["button", "reply"])
def test_an_old_notice_bans_its_author_and_deletes_no_strangers_message(world: World, by: str) -> None:
    upgraded(world)
    [notice] = notices(world.telegram)
    message_ids = strangers(world, 8)
    if by == "button":
        world.telegram.press(ANN, notice, "Spam")
    else:
        world.telegram.say(NEW, ANN, "/spam", reply_to_message=notice)
    world.settle()
    assert all(stands(world.telegram, number, NEW) for number in message_ids)
    assert world.telegram.status(NEW, EVE) == "kicked"
    assert world.failed_actions() == []


def test_an_old_notice_is_not_written_over_another_of_its_number(world: World) -> None:
    upgraded(world)
    [notice] = notices(world.telegram)
    for number in range(8):
        world.telegram.say(NEW, MAX, f"buy {number}")
        world.settle()
    world.telegram.press(ANN, notice, "Spam")
    world.settle()
    decided = [m["text"] for m in notices(world.telegram, NEW) if "Ann" in m["text"]]
    assert len(decided) == 1, "it is posted anew, for the old one cannot be changed"
    assert "buy now" in decided[0]
    assert world.failed_actions() == []


def test_an_edit_and_a_report_in_the_supergroup_are_of_its_own_message(world: World) -> None:
    upgraded(world)
    message_id = world.telegram.say(NEW, EVE, "look here")
    world.settle()
    world.telegram.edit(NEW, message_id, "buy here")
    world.telegram.reply(NEW, MAX, message_id, "/report")
    world.settle()
    texts = world.texts_stored()
    assert "buy here" in texts
    assert all(f"good morning to all of you {number}" in texts for number in range(6))


def test_what_was_not_done_yet_in_the_basic_group_is_left_undone(world: World) -> None:
    upgraded(world)
    world.telegram.press(ANN, notices(world.telegram)[0], "Spam")
    world.settle()
    assert not [call for call in world.telegram.called("deleteMessage") if int(call["chat_id"]) == NEW]


@pytest.mark.parametrize("hears_the_supergroup_first", [False, True])
def test_settings_standing_and_joins_go_with_the_group(world: World, hears_the_supergroup_first: bool) -> None:
    spam(world, Mode.SOFT, text="hello")
    before = world.chat(GROUP).id
    world.telegram.upgrade(GROUP, NEW, ANN)
    if hears_the_supergroup_first:
        with world.telegram.world() as updates:
            moving = updates[-2:]
            del updates[-2:]
        world.telegram.say(NEW, MAX, "first words here")
        world.settle()
        with world.telegram.world() as updates:
            updates.extend(moving)
    world.settle()
    chat = world.chat(NEW)
    assert (chat.id, chat.mode) == (before, Mode.SOFT)
    assert given.titles(world.engine) == ["Gardeners"], "it is one chat"
    message_id = world.telegram.say(NEW, EVE, "buy now")
    world.settle()
    assert not stands(world.telegram, message_id, NEW)
    assert world.telegram.status(NEW, EVE) == "restricted"


def test_a_moderators_chat_that_becomes_a_supergroup_goes_on_being_one(world: World) -> None:
    linked(world)
    spam(world, Mode.TRAINING)
    [notice] = notices(world.telegram, MODERATORS)
    world.telegram.upgrade(MODERATORS, NEW, ANN)
    world.settle()
    assert world.chat(GROUP).moderators_chat_id == NEW
    world.telegram.press(ANN, notice, "Spam")
    world.settle()
    assert world.telegram.status(GROUP, EVE) == "kicked"
    assert world.failed_actions() == []


def test_a_group_that_becomes_a_supergroup_keeps_its_settings(world: World) -> None:
    spam(world, Mode.ENFORCE, text="hello")
    world.telegram.add_group(-1007, "Gardeners")
    world.telegram.join(-1007, EVE)
    world.telegram.say(GROUP, ANN, None, migrate_to_chat_id=-1007)
    world.telegram.say(-1007, ANN, None, migrate_from_chat_id=GROUP)
    gone = world.telegram.say(-1007, EVE, "buy now")
    world.settle()
    assert not stands(world.telegram, gone, -1007)
    assert world.telegram.status(-1007, EVE) == "kicked"
