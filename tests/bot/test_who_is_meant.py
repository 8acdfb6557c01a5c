"""Whom a reply means: under a service message, in answer to a notice, on a part of an album."""

from __future__ import annotations

from typing import Any

import pytest

from storage.models import Mode
from tests.bot.speakers import TELEGRAM
from tests.bot.stories import ANN, BOB, CHANNEL, EVE, GROUP, MAX, notices, spam, stands
from tests.bot.world import World
from tests.storage import given

pytestmark = pytest.mark.stories

# Service messages

SERVICE: dict[str, dict[str, Any]] = {
    "a topic": {"forum_topic_created": {"name": "Pizza", "icon_color": 1}},
    "a title": {"new_chat_title": "Gardeners"},
    "a call": {"video_chat_started": {}},
    "a boost": {"boost_added": {"boost_count": 1}},
}


@pytest.mark.parametrize("about", SERVICE)
@pytest.mark.parametrize("word", ["ham", "ban", "spam", "warn"])
def test_a_word_under_a_service_message_is_conversation(world: World, about: str, word: str) -> None:
    spam(world, Mode.TRAINING, text="hello")
    service = world.telegram.say(GROUP, MAX, None, **SERVICE[about])
    reply = world.telegram.reply(GROUP, ANN, service, word)
    world.settle()
    assert stands(world.telegram, reply)
    assert stands(world.telegram, service)
    assert world.telegram.status(GROUP, MAX) == "member"


@pytest.mark.parametrize("about", SERVICE)
def test_a_command_under_a_service_message_is_answered(world: World, about: str) -> None:
    spam(world, Mode.TRAINING, text="hello")
    service = world.telegram.say(GROUP, MAX, None, **SERVICE[about])
    world.telegram.reply(GROUP, ANN, service, "/ban")
    world.settle()
    assert "That message has no author" in world.telegram.sent_to(GROUP)[-1]["text"]


@pytest.mark.parametrize("word", ["ban", "ham"])
def test_a_word_under_a_channels_post_is_conversation(world: World, word: str) -> None:
    spam(world, Mode.TRAINING, text="hello")
    post = world.telegram.say(GROUP, TELEGRAM, "our news", sender_chat=CHANNEL, is_automatic_forward=True)
    reply = world.telegram.reply(GROUP, ANN, post, word)
    world.settle()
    assert stands(world.telegram, reply)
    assert stands(world.telegram, post)


@pytest.mark.parametrize("word", ["/ban", "ban", "/spam", "/ban for good"])
@pytest.mark.parametrize("came", [True, False], ids=["came", "left"])
def test_an_order_under_a_join_or_a_leave_means_who_came_or_left(world: World, word: str, came: bool) -> None:
    spam(world, Mode.TRAINING, text="hello", who=MAX)
    about = {"new_chat_members": [EVE]} if came else {"left_chat_member": EVE}
    service = world.telegram.say(GROUP, MAX, None, **about)
    command = world.telegram.reply(GROUP, ANN, service, word)
    world.settle()
    assert world.telegram.status(GROUP, EVE) == "kicked"
    assert world.telegram.status(GROUP, MAX) == "member", "who let them in is not meant"
    assert not stands(world.telegram, service)
    assert not stands(world.telegram, command)


def test_an_order_under_an_administrators_join_spares_them(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    service = world.telegram.say(GROUP, BOB, None, new_chat_members=[BOB])
    world.telegram.reply(GROUP, ANN, service, "/ban")
    world.settle()
    assert world.telegram.called("banChatMember") == []
    assert "An administrator wrote that" in world.telegram.sent_to(GROUP)[-1]["text"]


def test_a_command_that_answers_nothing_says_so_to_moderators_alone(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    world.telegram.say(GROUP, ANN, "/spam")
    world.telegram.say(GROUP, MAX, "/spam")
    world.settle()
    assert [m["text"] for m in world.telegram.sent_to(GROUP)] == ["Reply to the message that you mean."]
    assert "/spam" in world.texts_stored()


# Notices


@pytest.mark.parametrize("word", ["spam", "/spam", "/ban"])
def test_an_order_in_answer_to_a_notice_means_what_it_shows(world: World, word: str) -> None:
    message_id = spam(world, Mode.TRAINING)
    notice = notices(world.telegram)[0]
    world.telegram.reply(GROUP, ANN, notice["message_id"], word)
    world.settle()
    assert not stands(world.telegram, message_id)
    assert stands(world.telegram, notice["message_id"])
    assert world.telegram.status(GROUP, EVE) == "kicked"
    assert world.texts_stored() == ["buy now"]


def test_what_a_notice_shows_is_meant_though_it_was_edited_since(world: World) -> None:
    message_id = spam(world, Mode.TRAINING)
    notice = notices(world.telegram)[0]
    world.telegram.edit(GROUP, message_id, "sorry, wrong chat")
    world.settle()
    world.telegram.reply(GROUP, ANN, notice["message_id"], "/spam")
    world.settle()
    assert given.learned(world.engine) == [("buy now", True)]


def test_a_member_orders_nothing_in_answer_to_a_notice(world: World) -> None:
    message_id = spam(world, Mode.TRAINING)
    world.telegram.reply(GROUP, MAX, notices(world.telegram)[0]["message_id"], "/spam")
    world.settle()
    assert stands(world.telegram, message_id)


# Albums


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("caption", ["come and see", None])
def test_an_order_on_any_part_of_an_album_means_all_of_it(world: World, which: int, caption: str | None) -> None:
    spam(world, Mode.TRAINING, text="hello")
    pictures = [[{"file_id": n, "file_unique_id": n, "width": 1, "height": 1}] for n in "123"]
    parts = [
        world.telegram.say(GROUP, MAX, None, caption=words, media_group_id="a", photo=picture)
        for words, picture in zip([None, caption], pictures, strict=False)
    ]
    world.settle()
    world.telegram.reply(GROUP, ANN, parts[which], "/spam")
    world.settle()
    late = world.telegram.say(GROUP, MAX, None, media_group_id="a", photo=pictures[2])
    world.settle()
    assert not any(stands(world.telegram, part) for part in (*parts, late))
    assert given.learned(world.engine) == ([(caption, True)] if caption else [])
    assert world.telegram.status(GROUP, MAX) == "kicked"
