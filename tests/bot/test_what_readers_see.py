"""Whatever a reader sees reaches the classifier, and the notice shows it without advertising it."""

from __future__ import annotations

from typing import Any

import pytest

from storage.models import Mode
from tests.bot.stories import (
    ANN,
    CHANNEL,
    EVE,
    GROUP,
    MAX,
    notices,
    spam,
    stands,
)
from tests.bot.world import World
from tests.telegram_server import user

pytestmark = pytest.mark.stories

# What a reader sees reaches the classifier


def test_an_edit_of_a_good_message_into_spam_is_acted_on(world: World) -> None:
    message_id = spam(world, Mode.ENFORCE, text="hello everybody")
    world.telegram.edit(GROUP, message_id, "buy now")
    world.settle()
    assert not stands(world.telegram, message_id)


def test_hidden_links_and_buttons_count_as_text(world: World) -> None:
    entities = [{"type": "text_link", "offset": 0, "length": 4, "url": "https://buy.example"}]
    hidden = spam(world, Mode.ENFORCE, text="look at this")
    world.telegram.say(GROUP, MAX, "look here", entities=entities)
    keyboard = {"inline_keyboard": [[{"text": "Go", "url": "https://buy.example/now"}]]}
    world.telegram.say(GROUP, user(20, "Ida"), "press it", reply_markup=keyboard)
    world.settle()
    assert stands(world.telegram, hidden)
    assert world.telegram.status(GROUP, MAX) == "kicked"
    assert "press it\nhttps://buy.example/now" in world.texts_stored()


def test_a_quote_is_not_its_quoters(world: World) -> None:
    message_id = spam(world, Mode.OBSERVE)
    world.mode(Mode.ENFORCE)
    quote = {"text": "buy now", "position": 0}
    world.telegram.say(
        GROUP, MAX, "what is this?", reply_to_message=world.telegram.messages[GROUP, message_id], quote=quote
    )
    world.settle()
    assert world.telegram.status(GROUP, MAX) == "member"


def test_a_channel_that_spams_is_kept_from_writing_and_freed_again(world: World) -> None:
    somebody = {"id": 136817688, "is_bot": True, "first_name": "Channel"}
    world.telegram.say(GROUP, ANN, "welcome")
    world.settle()
    world.mode(Mode.ENFORCE)
    world.telegram.say(GROUP, somebody, "buy cheap", sender_chat=CHANNEL)
    world.settle()
    assert (GROUP, CHANNEL["id"]) in world.telegram.banned_channels
    world.telegram.press(ANN, notices(world.telegram)[0], "Not spam")
    world.settle()
    assert world.telegram.banned_channels == set()


def test_the_linked_channels_posts_are_not_judged(world: World) -> None:
    spam(world, Mode.ENFORCE, text="hello")
    somebody = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
    post = world.telegram.say(GROUP, somebody, "buy our book", sender_chat=CHANNEL, is_automatic_forward=True)
    world.settle()
    assert stands(world.telegram, post)


def test_an_album_is_one_decision(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    parts = [
        world.telegram.say(GROUP, EVE, None, media_group_id="a", photo=[photo("1")]),
        world.telegram.say(GROUP, EVE, None, caption="buy now", media_group_id="a", photo=[photo("2")]),
    ]
    world.settle()
    world.telegram.press(ANN, notices(world.telegram)[0], "Spam")
    world.settle()
    assert not any(stands(world.telegram, part) for part in parts)


def photo(file_id: str) -> dict[str, Any]:
    return {"file_id": file_id, "file_unique_id": file_id, "width": 10, "height": 10}


def test_a_notice_shows_the_picture_behind_a_spoiler(world: World) -> None:
    world.telegram.pictures.add("p")
    spam(world, Mode.TRAINING, text="hello")
    world.telegram.say(GROUP, EVE, None, caption="buy now", photo=[photo("p")])
    world.settle()
    [notice] = notices(world.telegram)
    assert notice["photo"][0]["file_id"] == "p"
    assert str(notice["has_spoiler"]).lower() == "true"
    world.telegram.press(ANN, notice, "Spam")
    world.settle()
    assert "Ann: spam" in notices(world.telegram)[0]["caption"]


def test_a_picture_telegram_lost_leaves_a_notice_of_words(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    world.telegram.say(GROUP, EVE, None, caption="buy now", photo=[photo("gone")])
    world.settle()
    assert "buy now" in notices(world.telegram)[0]["text"]


def test_a_spammers_name_is_not_repeated_in_the_notice(world: World) -> None:
    spam(world, Mode.TRAINING)
    assert "Eve" not in notices(world.telegram)[0]["text"]


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
