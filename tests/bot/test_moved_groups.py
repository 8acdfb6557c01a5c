"""A basic group becomes a supergroup, whose messages count from 1 again; a group is renamed."""

from __future__ import annotations

import pytest

from storage.models import Message, Mode
from tests.bot.stories import ANN, CHANNEL, EVE, GROUP, MAX, MODERATORS, linked, notices, spam, stands
from tests.bot.world import World
from tests.storage import given

pytestmark = pytest.mark.stories

NEW = -1007
TELEGRAM = {"id": 777000, "is_bot": False, "first_name": "Telegram"}


def upgraded(world: World) -> None:
    """One of Eve's messages, flagged, and six of Max's stand in the basic group, numbered from 1, when it is upgraded."""
    world.telegram.begin_numbers()
    spam(world, Mode.TRAINING, text="buy now")
    for number in range(6):
        world.telegram.say(GROUP, MAX, f"good morning to all of you {number}")
    world.settle()
    world.telegram.upgrade(GROUP, NEW, ANN)
    world.settle()


def strangers(world: World, count: int) -> list[int]:
    said = [world.telegram.say(NEW, MAX, f"the roses are in bloom {number}") for number in range(count)]
    world.settle()
    return said


def test_an_order_in_the_supergroup_means_who_wrote_it_there(world: World) -> None:
    upgraded(world)
    said = world.telegram.say(NEW, EVE, "come and see t.me/x")
    world.settle()
    world.telegram.reply(NEW, ANN, said, "/spam")
    world.settle()
    assert not stands(world.telegram, said, NEW)
    assert (world.telegram.status(NEW, EVE), world.telegram.status(NEW, MAX)) == ("kicked", "member")
    assert given.learned(world.engine) == [("come and see t.me/x", True)]


@pytest.mark.parametrize("by", ["button", "reply"])
def test_an_old_notice_bans_its_author_and_deletes_no_strangers_message(world: World, by: str) -> None:
    upgraded(world)
    [notice] = notices(world.telegram)
    said = strangers(world, 8)
    if by == "button":
        world.telegram.press(ANN, notice, "Spam")
    else:
        world.telegram.say(NEW, ANN, "/spam", reply_to_message=notice)
    world.settle()
    assert all(stands(world.telegram, number, NEW) for number in said)
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
    said = world.telegram.say(NEW, EVE, "look here")
    world.settle()
    world.telegram.edit(NEW, said, "buy here")
    world.telegram.reply(NEW, MAX, said, "/report")
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
            told = updates[-2:]
            del updates[-2:]
        world.telegram.say(NEW, MAX, "first words here")
        world.settle()
        with world.telegram.world() as updates:
            updates.extend(told)
    world.settle()
    chat = world.chat(NEW)
    assert (chat.id, chat.mode) == (before, Mode.SOFT)
    assert given.titles(world.engine) == ["Gardeners"], "it is one chat"
    said = world.telegram.say(NEW, EVE, "buy now")
    world.settle()
    assert not stands(world.telegram, said, NEW)
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


# Updates of before that are heard after


def heard_late(world: World) -> None:
    """The bot handles what was said last in the basic group when that has moved and been renamed."""
    with world.telegram.world() as updates:
        told = updates.pop()
    world.telegram.upgrade(GROUP, NEW, ANN)
    world.settle()
    world.telegram.rename(NEW, ANN, "Rose lovers")
    strangers(world, 12)
    with world.telegram.world() as updates:
        updates.append(told)
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
    said = spam(world, Mode.TRAINING, text="maybe this")
    world.telegram.reply(GROUP, ANN if word != "/report" else MAX, said, word)
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
        told = updates.pop()
    world.telegram.upgrade(MODERATORS, NEW, ANN)
    world.settle()
    with world.telegram.world() as updates:
        updates.append(told)
    world.telegram.say(NEW, MAX, "buy, he says again")
    world.settle()
    assert "buy, he says" not in str(world.texts_stored())


# Titles


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
