"""A word is an order where somebody is meant, however the command is written; a copy of known words is told from new ones."""

from __future__ import annotations

import time
from typing import Any

import pytest

from storage.models import Correction, Mode
from tests.bot.speakers import regular
from tests.bot.stories import ANN, EVE, GROUP, MAX, spam, stands
from tests.bot.world import World
from tests.conftest import count
from tests.storage import given

pytestmark = pytest.mark.stories

# Words and other bots


def test_ham_on_the_pizza_is_no_order(world: World) -> None:
    question = spam(world, Mode.TRAINING, text="What goes on the pizza?")
    reply = world.telegram.reply(GROUP, ANN, question, "ham")
    world.settle()
    assert stands(world.telegram, reply)
    assert count(world.engine, "corrections") == 0


def test_ham_without_a_slash_undoes_what_was_flagged(world: World) -> None:
    message_id = spam(world, Mode.TRAINING, text="maybe this")
    reply = world.telegram.reply(GROUP, ANN, message_id, "ham")
    world.settle()
    assert not stands(world.telegram, reply)
    assert given.values(world.engine, Correction.is_spam) == [False]


@pytest.mark.parametrize(
    "words", ["/ban@Other_bot", "/spam@Other_bot", "/warn@other_bot", "/ham@Other_bot", "/report@Other_bot"]
)
def test_another_bots_command_is_not_ours(world: World, words: str) -> None:
    message_id = spam(world, Mode.TRAINING, text="hello everybody")
    commands = [world.telegram.reply(GROUP, who, message_id, words) for who in (ANN, MAX)]
    world.settle()
    assert stands(world.telegram, message_id)
    assert all(stands(world.telegram, command) for command in commands)
    assert world.telegram.status(GROUP, EVE) == "member"
    assert count(world.engine, "orders") == count(world.engine, "reports") == 0


# Commands with more behind them, edited, under a picture


@pytest.mark.parametrize(
    "words", ["/ban him 7d", "/spam a scam", "/warn no ads here", "/ham sorry", "/ban@hamlet_bot now"]
)
def test_a_command_with_other_words_behind_it_is_answered_and_not_guessed(world: World, words: str) -> None:
    message_id = spam(world, Mode.TRAINING, text="come and see")
    world.telegram.reply(GROUP, ANN, message_id, words)
    world.settle()
    assert "no other words after it" in world.telegram.sent_to(GROUP)[-1]["text"]
    assert stands(world.telegram, message_id)
    assert world.telegram.status(GROUP, EVE) == "member"


@pytest.mark.parametrize("how", ["edited", "under a picture"])
def test_a_command_is_one_however_it_is_said(world: World, how: str) -> None:
    message_id = spam(world, Mode.TRAINING, text="come and see")
    if how == "edited":
        reply = world.telegram.reply(GROUP, ANN, message_id, "/spma")
        world.settle()
        world.telegram.edit(GROUP, reply, "/spam")
    else:
        world.telegram.say(
            GROUP,
            ANN,
            None,
            caption="/spam",
            photo=[{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}],
            reply_to_message=world.telegram.messages[GROUP, message_id],
        )
    world.settle()
    assert not stands(world.telegram, message_id)


def test_a_word_edited_in_is_conversation(world: World) -> None:
    message_id = spam(world, Mode.TRAINING, text="come and see")
    reply = world.telegram.reply(GROUP, ANN, message_id, "no")
    world.telegram.edit(GROUP, reply, "spam")
    world.settle()
    assert stands(world.telegram, message_id)


@pytest.mark.parametrize("word", ["/spam", "/report"])
def test_an_edit_that_was_missed_is_in_the_reply(world: World, word: str) -> None:
    regular(world, MAX)
    message_id = spam(world, Mode.TRAINING, text="good morning everybody")
    edited = {"text": "buy the other thing", "edit_date": int(time.time()) + 1}
    world.telegram.messages[GROUP, message_id] |= edited
    world.telegram.reply(GROUP, ANN if word == "/spam" else MAX, message_id, word)
    world.settle()
    assert "buy the other thing" in world.texts_stored()
    assert given.learned(world.engine) == ([("buy the other thing", True)] if word == "/spam" else [])


ADDED: dict[str, dict[str, Any]] = {
    "tasks": {"checklist_tasks_added": {"tasks": [{"id": 1, "text": "come and see"}]}},
    "an option": {"poll_option_added": {"option_persistent_id": "1", "option_text": "come and see"}},
}


@pytest.mark.parametrize("what", ADDED)
def test_what_somebody_added_is_theirs_to_be_ordered_about(world: World, what: str) -> None:
    spam(world, Mode.TRAINING, text="hello")
    added = world.telegram.say(GROUP, EVE, None, **ADDED[what])
    world.settle()
    world.telegram.reply(GROUP, ANN, added, "spam")
    world.settle()
    assert not stands(world.telegram, added)
    assert world.telegram.status(GROUP, EVE) == "kicked"


# Copies


def test_words_that_another_member_said_first_are_not_learned_and_moderators_are_told(world: World) -> None:
    first = spam(world, Mode.TRAINING, text="The roses need water in the morning", who=MAX)
    copy = world.telegram.say(GROUP, EVE, "The roses need water in the morning")
    world.settle()
    world.telegram.reply(GROUP, ANN, copy, "/spam")
    world.settle()
    assert stands(world.telegram, first)
    assert (world.telegram.status(GROUP, EVE), world.telegram.status(GROUP, MAX)) == ("kicked", "member")
    assert count(world.engine, "corrections") == 0
    assert "said the same words first" in world.telegram.sent_to(GROUP)[-1]["text"]


def test_a_copy_of_what_is_known_as_spam_is_learned(world: World) -> None:
    first = spam(world, Mode.TRAINING, text="come and see", who=MAX)
    world.telegram.reply(GROUP, ANN, first, "/spam")
    world.settle()
    copy = world.telegram.say(GROUP, EVE, "come and see")
    world.settle()
    world.telegram.reply(GROUP, ANN, copy, "/spam")
    world.settle()
    assert given.learned(world.engine) == [("come and see", True)] * 2
