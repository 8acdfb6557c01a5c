"""Where a chat wants it, a picture like one that a moderator called spam is flagged, until a moderator says otherwise."""

from __future__ import annotations

import pytest

from storage.models import Message, MessageState, Mode, Verdict
from tests.bot.picture_stories import ALMOST_COINS, COINS, ROSES, look, prefer, show
from tests.bot.stories import ANN, GROUP, MAX, OTHER, notices, stands
from tests.bot.world import World
from tests.storage import given

pytestmark = pytest.mark.stories
REASON = "rule of this chat: a picture like one that moderators called spam here"


def shown(world: World, file_id: str, perceptual_hash: str, words: str = "", **extra: object) -> int:
    number = show(world, file_id, words, perceptual_hash, **extra)
    look(world)
    return number


def press(world: World, button: str) -> None:
    world.telegram.press(ANN, notices(world.telegram)[-1], button)
    world.settle()


def test_a_picture_that_was_called_spam_is_known_again_whatever_stands_beside_it(world: World) -> None:
    prefer(world, knows_pictures=True)
    shown(world, "first", COINS, caption="buy now")
    press(world, "Spam")
    world.mode(Mode.ENFORCE)
    again = shown(world, "second", ALMOST_COINS, caption="my garden", who=MAX)
    assert not stands(world.telegram, again)
    assert REASON in notices(world.telegram)[-1]["caption"]
    assert stands(world.telegram, shown(world, "third", ROSES, caption="my roses", who=MAX))
    assert given.learned(world.engine) == [("buy now", True)], "the likeness alone teaches nothing"


def test_one_without_words_is_flagged_too(world: World) -> None:
    prefer(world, knows_pictures=True)
    message = shown(world, "first", COINS)
    assert given.values(world.engine, Message.state)[-1] == MessageState.NOTHING_TO_JUDGE
    world.telegram.reply(GROUP, ANN, message, "/spam")
    world.settle()
    shown(world, "second", COINS, who=MAX)
    assert given.values(world.engine, Message.state)[-1] == MessageState.SPAM
    assert REASON in notices(world.telegram)[-1]["caption"]
    press(world, "Spam")
    assert given.learned(world.engine) == [], "there are no words to learn from"


def test_not_spam_ends_it(world: World) -> None:
    prefer(world, knows_pictures=True)
    shown(world, "first", COINS, caption="buy now")
    press(world, "Spam")
    shown(world, "second", COINS, caption="hello", who=MAX)
    press(world, "Not spam")
    shown(world, "third", COINS, caption="hello again", who=MAX)
    assert given.values(world.engine, Message.state)[-1] == MessageState.HAM


def test_so_does_taking_the_decision_back(world: World) -> None:
    prefer(world, knows_pictures=True)
    shown(world, "first", COINS, caption="buy now")
    press(world, "Spam")
    press(world, "Not spam")  # the same moderator's second thought
    shown(world, "second", COINS, caption="hello", who=MAX)
    assert given.values(world.engine, Message.state)[-1] == MessageState.HAM


def test_two_pictures_that_look_alike_and_say_different_things_are_not_the_same(world: World) -> None:
    prefer(world, knows_pictures=True, reads_pictures=True)
    shown(world, "first", COINS, "buy coins at coins.example today")
    press(world, "Spam")
    shown(world, "second", COINS, "the gardeners meet on Friday at six", who=MAX)
    assert given.values(world.engine, Message.state)[-1] == MessageState.HAM
    shown(world, "third", COINS, "b uy coins at coins.example today", who=MAX)
    assert given.values(world.engine, Verdict.rule)[-1] is not None


def test_so_it_is_with_one_that_was_first_read_once_it_was_called_spam(world: World) -> None:
    show(world, "first", "buy coins at coins.example today", COINS, caption="buy now")
    prefer(world, knows_pictures=True, reads_pictures=True)
    press(world, "Spam")
    assert look(world) == 1
    shown(world, "second", COINS, "the gardeners meet on Friday at six", who=MAX)
    assert given.values(world.engine, Message.state)[-1] == MessageState.HAM
    shown(world, "third", COINS, "b uy coins at coins.example today", who=MAX)
    assert given.values(world.engine, Verdict.rule)[-1] is not None


def test_words_that_are_read_late_make_no_edit_of_what_is_none(world: World) -> None:
    message = show(world, "first", "coins at coins.example", COINS, caption="buy now")
    prefer(world, knows_pictures=True, reads_pictures=True)
    press(world, "Not spam")
    assert look(world) == 1
    world.telegram.edit(GROUP, message, caption="buy now", author_signature="the same otherwise")
    world.settle()
    assert set(given.values(world.engine, Message.edit)) == {0}


def test_what_shows_too_little_is_never_known_again(world: World) -> None:
    prefer(world, knows_pictures=True)
    shown(world, "first", "", caption="buy now")
    press(world, "Spam")
    shown(world, "second", "", caption="hello", who=MAX)
    assert given.values(world.engine, Message.state)[-1] == MessageState.HAM


def test_every_part_of_an_album_is_known_again(world: World) -> None:
    prefer(world, knows_pictures=True)
    shown(world, "first", ROSES, media_group_id="a")
    shown(world, "second", COINS, caption="buy now", media_group_id="a")
    press(world, "Spam")
    shown(world, "third", ROSES, caption="hello", who=MAX)
    assert given.values(world.engine, Message.state)[-1] == MessageState.SPAM


def test_a_picture_posted_before_the_choice_is_fetched_once_it_is_called_spam(world: World) -> None:
    show(world, "first", "", COINS, caption="buy now")
    prefer(world, knows_pictures=True)
    press(world, "Spam")
    assert look(world) == 1
    shown(world, "second", COINS, caption="hello", who=MAX)
    assert given.values(world.engine, Message.state)[-1] == MessageState.SPAM


def test_another_group_knows_nothing_of_it(world: World) -> None:
    prefer(world, knows_pictures=True)
    shown(world, "first", COINS, caption="buy now")
    press(world, "Spam")
    prefer(world, OTHER, knows_pictures=True)
    shown(world, "second", COINS, caption="hello", who=MAX, chat_id=OTHER)
    assert given.values(world.engine, Message.state)[-1] == MessageState.HAM
