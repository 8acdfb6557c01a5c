"""Orders on what is never judged, pictures and texts that end failed: carried out all the same, and appealed against."""

from __future__ import annotations

import pytest

from storage.models import ActionKind, Mode, Order
from tests.bot.order_stories import NEWCOMER, begun, bot_messages, picture
from tests.bot.stories import ANN, EVE, GROUP, MAX, PHOTO, last_alert, stands
from tests.bot.world import World
from tests.storage import given
from tests.telegram_server import BOT

pytestmark = pytest.mark.stories


@pytest.mark.parametrize("is_judged", [False, True])
def test_a_picture_is_ordered_away_whether_the_worker_looked_at_it_or_not(world: World, is_judged: bool) -> None:
    begun(world)
    message_id = picture(world)
    if is_judged:
        world.settle()
    world.telegram.reply(GROUP, ANN, message_id, "/spam")
    world.settle()
    assert not stands(world.telegram, message_id)
    assert world.telegram.status(GROUP, EVE) == "kicked"
    assert all(given.values(world.engine, Order.done_at))


def test_a_text_that_ends_failed_is_ordered_away(world: World) -> None:
    begun(world)
    message_id = world.telegram.say(GROUP, MAX, "break it")
    world.telegram.reply(GROUP, ANN, message_id, "/spam")
    world.settle()
    assert not stands(world.telegram, message_id)
    assert world.telegram.status(GROUP, MAX) == "kicked"


def test_a_text_that_takes_every_worker_down_is_ordered_away_in_the_end(world: World) -> None:
    begun(world)
    message_id = world.telegram.say(GROUP, MAX, "this one is deadly")
    world.telegram.reply(GROUP, ANN, message_id, "/ban")
    world.hear()
    given.deadly(world.engine)
    world.settle()
    assert not stands(world.telegram, message_id)
    assert world.telegram.status(GROUP, MAX) == "kicked"


@pytest.mark.parametrize(("mode", "status"), [(Mode.SOFT, "restricted"), (Mode.TRAINING, "kicked")])
def test_a_picture_is_spam_as_the_mode_has_it(world: World, mode: Mode, status: str) -> None:
    begun(world, mode)
    world.telegram.reply(GROUP, ANN, picture(world), "/spam")
    world.settle()
    assert world.telegram.status(GROUP, EVE) == status


@pytest.mark.parametrize(("mode", "word"), [(Mode.OBSERVE, "/spam"), (Mode.TRAINING, "/ham")])
def test_what_asks_for_nothing_is_answered(world: World, mode: Mode, word: str) -> None:
    begun(world, mode)
    message_id = picture(world)
    world.telegram.reply(GROUP, ANN, message_id, word)
    world.settle()
    assert stands(world.telegram, message_id)
    assert world.telegram.status(GROUP, EVE) == "member"
    assert "I judged no words" in bot_messages(world)[-1]


# Appeals


@pytest.mark.parametrize("what", ["a picture", "a join"])
def test_who_was_banned_without_a_verdict_is_heard_once_and_pardoned(world: World, what: str) -> None:
    begun(world)
    about = {"new_chat_members": [EVE]} if what == "a join" else {"photo": [PHOTO]}
    world.telegram.reply(GROUP, ANN, world.telegram.say(GROUP, EVE, None, **about), "/ban")
    world.settle()
    for _ in range(2):
        world.telegram.whisper(EVE, "/appeal it was my garden")
        world.settle()
    answers = [m["text"] for m in world.telegram.sent_to(EVE["id"])]
    assert answers == [
        "The moderators will see your case again.",
        "You have already appealed; the moderators have seen it.",
    ]
    [appeal] = [m for m in world.telegram.sent_to(GROUP) if "appeals:" in m["text"]]
    [hidden] = appeal["entities"]
    assert appeal["text"][hidden["offset"] :] == "Eve <b>bold</b>: it was my garden"
    world.telegram.press(MAX, appeal, "Lift the ban")
    world.settle()
    assert world.telegram.status(GROUP, EVE) == "kicked", "members pardon nobody"
    world.telegram.press(ANN, appeal, "Lift the ban")
    world.settle()
    assert world.telegram.status(GROUP, EVE) == "left"
    world.telegram.press(ANN, appeal, "Lift the ban")
    world.settle()
    assert last_alert(world) == "There is nothing left to lift."


def test_an_appeal_is_forgotten_with_all_else(world: World) -> None:
    begun(world)
    world.telegram.reply(GROUP, ANN, picture(world), "/ban")
    world.telegram.whisper(EVE, "/appeal it was my garden")
    world.settle()
    world.telegram.whisper(EVE, "/appeal it was my garden")
    world.telegram.whisper(EVE, "/forget yes")
    world.settle()
    assert ActionKind.APPEAL not in given.kinds(world.engine)


# Orders that cannot be carried out


@pytest.mark.parametrize("what", ["words", "a picture", "a join"])
def test_an_order_that_telegram_refuses_is_said(world: World, what: str) -> None:
    begun(world)
    world.telegram.arrive(GROUP, NEWCOMER)
    number = max(number for _, number in world.telegram.messages)
    if what != "a join":
        number = picture(world) if what == "a picture" else world.telegram.say(GROUP, EVE, "come and see")
    world.settle()
    world.telegram.join(GROUP, BOT, "administrator")
    world.telegram.reply(GROUP, ANN, number, "/ban")
    world.settle()
    assert [text for text in bot_messages(world) if "could not be banned" in text]
    assert len(bot_messages(world)) == 2, "one sentence for the message, one for its author"


def test_what_is_refused_again_and_again_is_said_once(world: World) -> None:
    begun(world)
    message_ids = [world.telegram.say(GROUP, EVE, f"come and see {number}") for number in range(3)]
    world.settle()
    world.telegram.join(GROUP, BOT, "administrator")
    for number in message_ids:
        world.telegram.reply(GROUP, ANN, number, "/spam")
    world.settle()
    assert len(bot_messages(world)) == 2


def test_words_that_are_as_old_as_telegram_lets_stand_are_said_to_stand(world: World) -> None:
    begun(world)
    message_id = world.telegram.say(GROUP, EVE, "come and see")
    world.telegram.messages[GROUP, message_id]["date"] -= 3 * 24 * 3600
    world.settle()
    world.telegram.reply(GROUP, ANN, message_id, "/spam")
    world.settle()
    assert "could not be deleted" in bot_messages(world)[-1]
    assert world.telegram.status(GROUP, EVE) == "kicked"
