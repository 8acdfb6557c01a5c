"""A name that advertises is judged with what its bearer writes, and never repeated where all can read."""

from __future__ import annotations

from typing import Any

import pytest

from storage.models import Mode
from tests.bot.stories import ANN, EVE, GROUP, MAX, notices, photo, spam, stands
from tests.bot.test_what_readers_see import BOSS
from tests.bot.world import World
from tests.telegram_server import user

pytestmark = pytest.mark.stories

# The names of authors


def test_a_newcomers_name_that_advertises_is_judged_with_their_first_words(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    loud = user(66, "buy FREE COINS t.me/x_example")
    world.telegram.join(GROUP, loud)
    world.telegram.say(GROUP, loud, "hi")
    world.settle()
    [notice] = notices(world.telegram)
    assert "COINS" not in notice["text"]
    assert "what weighs: the author's name; the words alone score 0.02" in notice["text"]


LOUD = user(MAX["id"], "buy FREE COINS t.me/x_example")


def renamed(world: World) -> int:
    """Max has written for long, and takes an advertisement for a name. Returns the number of his last message before that."""
    spam(world, Mode.TRAINING, text="hello")
    for n in range(5):
        message_id = world.telegram.say(GROUP, MAX, f"the roses are in flower, week {n}")
    world.settle()
    assert notices(world.telegram) == []
    return message_id


def test_a_name_is_judged_when_it_changes_however_much_its_bearer_has_written(world: World) -> None:
    renamed(world)
    for n in range(4):
        world.telegram.say(GROUP, LOUD, f"hi {n}")
    world.settle()
    assert [text.startswith(LOUD["first_name"]) for text in world.texts_stored()[-4:]] == [True, True, True, False]
    assert "COINS" not in str(notices(world.telegram))


def test_a_new_name_that_comes_with_an_edit_is_judged_and_not_repeated(world: World) -> None:
    message_id = renamed(world)
    world.telegram.edit(GROUP, message_id, "hi", **{"from": LOUD})
    world.settle()
    [notice] = notices(world.telegram)
    assert "COINS" not in str(notice)
    assert "what weighs: the author's name; the words alone score 0.02" in notice["text"]


def test_a_picture_alone_by_somebody_whose_name_advertises_is_judged(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    world.telegram.say(GROUP, user(66, "buy coins now"), None, photo=[photo("p")])
    world.settle()
    assert len(notices(world.telegram)) == 1


def test_a_mere_name_is_no_part_of_what_is_judged(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    world.telegram.say(GROUP, user(66, "Buy Smith"), "good morning")
    world.settle()
    assert "good morning" in world.texts_stored()


def test_a_warning_does_not_repeat_a_name_that_advertises(world: World) -> None:
    loud = user(67, "CHEAP PILLS t.me/x_example")
    message_id = spam(world, Mode.TRAINING, who=loud, text="hello")
    world.telegram.reply(GROUP, ANN, message_id, "/warn")
    world.settle()
    warnings = [m["text"] for m in world.telegram.sent_to(GROUP)]
    assert warnings == ["A moderator removed a message: it is not welcome here."]


def test_a_spammers_name_is_not_repeated_in_the_notice(world: World) -> None:
    spam(world, Mode.TRAINING)
    assert "Eve" not in notices(world.telegram)[0]["text"]


# Names beside the message

SHOP = "buy coins, 500$ a day"
BESIDE: dict[str, dict[str, Any]] = {
    "a channel": {"forward_origin": {"type": "channel", "date": 1, "message_id": 4, "chat": BOSS | {"title": SHOP}}},
    "a chat": {"forward_origin": {"type": "chat", "date": 1, "sender_chat": BOSS | {"title": SHOP}}},
    "somebody hidden": {"forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": SHOP}},
    "somebody": {"forward_origin": {"type": "user", "date": 1, "sender_user": user(30, SHOP)}},
    "a quote": {"external_reply": {"origin": {"type": "hidden_user", "date": 1, "sender_user_name": SHOP}}},
    "a tag": {"sender_tag": "buy t.me/x"},
}


@pytest.mark.parametrize("kind", BESIDE)
def test_a_name_beside_the_message_that_advertises_is_judged(world: World, kind: str) -> None:
    spam(world, Mode.ENFORCE, text="hello", who=MAX)
    flagged = world.telegram.say(GROUP, EVE, "look", **BESIDE[kind])
    world.settle()
    assert not stands(world.telegram, flagged)


def test_a_mere_name_beside_the_message_is_not(world: World) -> None:
    spam(world, Mode.ENFORCE, text="hello", who=MAX)
    origin = {"type": "channel", "date": 1, "message_id": 4, "chat": BOSS | {"title": "City news"}}
    world.telegram.say(GROUP, EVE, "look", forward_origin=origin, sender_tag="gardener")
    world.settle()
    assert "look" in world.texts_stored()
