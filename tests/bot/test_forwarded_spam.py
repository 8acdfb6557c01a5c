"""Missed spam is forwarded to where moderators read, and acted on in its group."""

from __future__ import annotations

import time
from typing import Any

import pytest

from storage.models import Mode
from tests.bot.moderators_stories import bot_messages, forwarded
from tests.bot.stories import ANN, BOB, CHANNEL, EVE, GROUP, MAX, MODERATORS, OTHER, spam, stands
from tests.bot.world import World
from tests.storage import given
from tests.telegram_server import BOT

pytestmark = pytest.mark.stories


def test_missed_spam_is_forwarded(moderated: World) -> None:
    message_id = spam(moderated, Mode.TRAINING, text="hello everybody")
    forwarded(moderated, ANN, message_id)
    moderated.settle()
    assert not stands(moderated.telegram, message_id)
    assert given.learned(moderated.engine) == [("hello everybody", True)]


def test_what_a_helper_forwarded_is_ordered_by_a_moderators_reply(moderated: World) -> None:
    message_id = spam(moderated, Mode.TRAINING, text="hello everybody")
    forward = forwarded(moderated, MAX, message_id)
    moderated.settle()
    assert stands(moderated.telegram, message_id)
    moderated.telegram.reply(MODERATORS, ANN, forward, "/ban")
    moderated.settle()
    assert not stands(moderated.telegram, message_id)
    assert moderated.telegram.status(GROUP, EVE) == "kicked"
    assert given.learned(moderated.engine) == []


def test_a_forward_of_a_group_that_the_moderator_does_not_moderate_acts_on_nobody_there(moderated: World) -> None:
    moderated.telegram.say(OTHER, ANN, "welcome")
    message_id = spam(moderated, Mode.TRAINING, text="hello everybody")
    moderated.telegram.join(GROUP, BOB)
    forwarded(moderated, BOB, message_id)
    moderated.settle()
    assert stands(moderated.telegram, message_id)
    assert moderated.telegram.status(GROUP, EVE) == "member"


def test_an_administrators_words_are_not_learned_by_a_forward(moderated: World) -> None:
    spam(moderated, Mode.TRAINING, text="hello")
    message_id = moderated.telegram.say(GROUP, BOB, "our rules: be kind")
    forwarded(moderated, ANN, message_id, BOB)
    moderated.settle()
    assert given.learned(moderated.engine) == []
    assert "members only" in bot_messages(moderated)[-1]


def test_an_album_that_is_forwarded_is_found(moderated: World) -> None:
    spam(moderated, Mode.TRAINING, text="hello", who=MAX)
    telegram = moderated.telegram
    parts = [
        telegram.say(GROUP, EVE, None, caption=words, media_group_id="a", date=1_735_732_800, photo=[picture(words)])
        for words in (None, "come and see")
    ]
    moderated.settle()
    for part in parts:
        original = telegram.messages[GROUP, part]
        origin = {"type": "user", "date": original["date"], "sender_user": EVE}
        content = {name: original[name] for name in ("photo", "caption") if name in original}
        telegram.say(MODERATORS, ANN, None, media_group_id="b", forward_origin=origin, **content)
    telegram.messages.update(
        {(GROUP, part): telegram.messages[GROUP, part] | {"date": int(time.time())} for part in parts}
    )
    moderated.settle()
    assert not any(stands(telegram, part) for part in parts)
    assert given.learned(moderated.engine) == [("come and see", True)]


def picture(name: object) -> dict[str, Any]:
    return {"file_id": str(name), "file_unique_id": str(name), "width": 1, "height": 1}


def test_of_two_messages_of_one_second_the_forwarded_one_is_meant(moderated: World) -> None:
    greeting = spam(moderated, Mode.TRAINING, text="good morning")
    missed = moderated.telegram.say(
        GROUP, EVE, "come and see", date=moderated.telegram.messages[GROUP, greeting]["date"]
    )
    moderated.settle()
    forwarded(moderated, ANN, missed)
    moderated.settle()
    assert stands(moderated.telegram, greeting)
    assert not stands(moderated.telegram, missed)


@pytest.mark.parametrize("by", ["the linked channel", "the bot"])
def test_what_speaks_for_the_group_is_not_learned_by_a_forward(moderated: World, by: str) -> None:
    spam(moderated, Mode.TRAINING, text="hello")
    moderated.telegram.link_channel(GROUP, CHANNEL)
    moderated.telegram.join(GROUP, BOT)  # no administrator there
    origin: dict[str, Any] = {"type": "user", "date": 1_735_732_800, "sender_user": BOT}
    if by == "the linked channel":
        origin = {"type": "channel", "date": 1_735_732_800, "chat": CHANNEL, "message_id": 5}
    moderated.telegram.say(MODERATORS, ANN, "our new book", forward_origin=origin)
    moderated.settle()
    assert given.learned(moderated.engine) == []
