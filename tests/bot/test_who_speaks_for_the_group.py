"""Members are moderated, and nobody who speaks for the group: administrators, the bot, the linked channel."""

from __future__ import annotations

from typing import Any

import pytest

from storage.models import Mode
from tests.bot.speakers import AS_A_CHANNEL, AS_THE_GROUP, ORDERS, THE_GROUP, of_the_channel
from tests.bot.stories import ANN, BOB, CHANNEL, EVE, GROUP, last_alert, notices, spam, stands
from tests.bot.world import World
from tests.conftest import count
from tests.telegram_server import BOT, user

pytestmark = pytest.mark.stories

# Administrators


@pytest.mark.parametrize("word", ORDERS)
@pytest.mark.parametrize(("who", "answer"), [(BOB, "An administrator wrote that"), (BOT, "I wrote that myself")])
def test_an_administrators_post_is_not_ordered_away(world: World, word: str, who: dict[str, Any], answer: str) -> None:
    spam(world, Mode.TRAINING, text="hello")
    post = world.telegram.say(GROUP, who, "buy your tickets here")
    command = world.telegram.reply(GROUP, ANN, post, word)
    world.settle()
    assert stands(world.telegram, post)
    assert stands(world.telegram, command)
    assert world.telegram.sent_to(GROUP)[-1]["text"].startswith(answer)
    assert "buy your tickets here" not in world.texts_stored()
    assert world.telegram.called("banChatMember") == []


def test_an_administrator_who_may_delete_nothing_is_not_judged_either(world: World) -> None:
    honoured = user(70, "Honoured")
    world.telegram.join(GROUP, honoured, "administrator", can_invite_users=True)
    message_id = spam(world, Mode.ENFORCE, who=honoured)
    assert stands(world.telegram, message_id)
    assert world.texts_stored() == []


def test_an_anonymous_administrators_post_is_not_ordered_away(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    post = world.telegram.say(GROUP, AS_THE_GROUP, "buy our flowers", sender_chat=THE_GROUP)
    world.telegram.reply(GROUP, ANN, post, "/ban")
    world.settle()
    assert stands(world.telegram, post)
    assert "An administrator wrote that" in world.telegram.sent_to(GROUP)[-1]["text"]


def test_who_became_an_administrator_is_spared_by_the_buttons_and_orders_of_an_old_notice(world: World) -> None:
    message_id = spam(world, Mode.TRAINING)
    notice = notices(world.telegram)[0]
    world.telegram.join(GROUP, EVE, "administrator", can_delete_messages=True)
    world.bot.bot_data["administrators"].forget(GROUP)
    world.telegram.press(ANN, notice, "Spam")
    world.settle()
    assert "members only" in last_alert(world)
    world.telegram.reply(GROUP, ANN, notice["message_id"], "/spam")
    world.settle()
    assert stands(world.telegram, message_id)
    assert count(world.engine, "corrections") == 0


# The linked channel


def test_the_linked_channel_is_neither_judged_nor_banned_in_its_own_group(world: World) -> None:
    spam(world, Mode.ENFORCE, text="hello")
    post = of_the_channel(world, "buy our new book")
    world.telegram.reply(GROUP, ANN, post, "/spam")
    world.settle()
    assert stands(world.telegram, post)
    assert not world.telegram.banned_channels
    assert "own channel" in world.telegram.sent_to(GROUP)[-1]["text"]


def test_another_channel_is_judged_and_banned(world: World) -> None:
    spam(world, Mode.ENFORCE, text="hello")
    world.telegram.link_channel(GROUP, {"id": -1055})
    post = world.telegram.say(GROUP, AS_A_CHANNEL, "buy our new book", sender_chat=CHANNEL)
    world.settle()
    assert not stands(world.telegram, post)
    assert (GROUP, CHANNEL["id"]) in world.telegram.banned_channels


def test_who_writes_as_the_linked_channel_moderates(world: World) -> None:
    message_id = spam(world, Mode.TRAINING, text="hello everybody")
    of_the_channel(world, "/spam", reply_to_message=world.telegram.messages[GROUP, message_id])
    world.settle()
    assert world.telegram.status(GROUP, EVE) == "kicked"


def test_a_channels_post_that_is_forwarded_orders_nothing(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    of_the_channel(world, "/pause", is_automatic_forward=True)
    world.settle()
    assert world.chat(GROUP).paused_at is None


def test_the_linked_channels_posts_are_not_judged(world: World) -> None:
    spam(world, Mode.ENFORCE, text="hello")
    somebody = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
    post = world.telegram.say(GROUP, somebody, "buy our book", sender_chat=CHANNEL, is_automatic_forward=True)
    world.settle()
    assert stands(world.telegram, post)
