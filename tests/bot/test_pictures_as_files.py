"""A picture that is sent as a file is read and known again like a photo; no other file is."""

from __future__ import annotations

import pytest

from storage.models import Message, MessageState, Mode
from tests.bot.picture_stories import ALMOST_COINS, COINS, look, prefer, show
from tests.bot.stories import ANN, EVE, GROUP, MAX, notices, stands
from tests.bot.world import World
from tests.storage import given

pytestmark = pytest.mark.stories


def send(world: World, file_id: str, words: str = "", perceptual_hash: str = "", mime_type: str = "image/png") -> int:
    """Eve sends a file with these words in it, and nobody has read it yet."""
    world.telegram.files[file_id] = f"{words}#{perceptual_hash}".encode()
    file = {"file_id": file_id, "file_unique_id": file_id, "mime_type": mime_type}
    number = world.telegram.say(GROUP, EVE, None, document=file)
    world.settle()
    return number


def test_the_words_in_it_are_judged_and_shown(world: World) -> None:
    prefer(world, reads_pictures=True)
    world.mode(Mode.ENFORCE)
    message = send(world, "coins", "buy coins")
    assert given.values(world.engine, Message.state)[-1] == MessageState.PENDING
    assert look(world) == 1
    assert not stands(world.telegram, message)
    assert "In the picture: buy coins" in str(notices(world.telegram)[0])


def test_it_is_known_again_as_a_photo_and_the_other_way_round(world: World) -> None:
    prefer(world, knows_pictures=True)
    message = send(world, "coins", perceptual_hash=COINS)
    look(world)
    world.telegram.reply(GROUP, ANN, message, "/spam")
    world.settle()
    look(world)
    show(world, "more", perceptual_hash=ALMOST_COINS, who=MAX)
    look(world)
    assert "a picture like one that moderators called spam here" in str(notices(world.telegram)[-1])
    send(world, "again", perceptual_hash=ALMOST_COINS)
    look(world)
    assert given.values(world.engine, Message.state)[-1] == MessageState.SPAM


def test_no_other_file_is_read(world: World) -> None:
    prefer(world, reads_pictures=True)
    send(world, "letter", "buy coins", mime_type="application/pdf")
    assert given.values(world.engine, Message.state)[-1] != MessageState.PENDING
    assert look(world) == 0


def test_one_that_cannot_be_read_is_judged_without(world: World) -> None:
    prefer(world, reads_pictures=True)
    send(world, "coins", "buy coins")
    world.telegram.files.clear()  # as where Telegram offers no file of that size
    look(world)
    assert given.values(world.engine, Message.state)[-1] != MessageState.PENDING
