"""Who joins is remembered, and so a newcomer told from a member who was there before the bot."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from storage.models import Chat, Join, Standing, Verdict
from storage.session import reading
from tests.bot.stories import ANN as MODERATOR
from tests.bot.stories import CHANNEL, EVE, MAX, MODERATORS, OTHER, linked, notices
from tests.bot.stories import GROUP as GARDENERS
from tests.bot.world import World
from tests.storage import given
from tests.telegram_server import BOT, user


def standing(world: World, who: dict[str, Any], text: str = "hello") -> Standing:
    """Of somebody, as the verdict on what they write next says."""
    world.telegram.say(GARDENERS, who, text)
    world.settle()
    with reading(world.engine) as session:
        return session.scalars(select(Verdict.standing).order_by(Verdict.id.desc()).limit(1)).one()


def sees_joins(world: World) -> bool:
    return world.chat(GARDENERS).sees_joins_since is not None


@pytest.mark.stories
def test_who_joins_before_the_bots_eyes_is_a_newcomer_and_who_was_there_is_not(world: World) -> None:
    ida = user(20, "Ida")
    world.telegram.arrive(GARDENERS, ida)
    world.settle()
    assert given.values(world.engine, Join.user_id) == [20]
    assert (standing(world, ida), standing(world, MAX)) == (Standing.NEWCOMER, Standing.BEFORE)
    world.telegram.say(GARDENERS, ida, "maybe a bargain")
    world.telegram.say(GARDENERS, MAX, "maybe a bargain too")
    world.settle()
    shown = [notice["text"] for notice in notices(world.telegram)]
    assert [("first messages here: shown from 0.50" in text) for text in shown] == [True, False]
    assert [("was here before me: shown from 0.50" in text) for text in shown] == [False, True]


@pytest.mark.stories
def test_a_join_is_remembered_where_the_bot_is_no_administrator_too(world: World) -> None:
    ida = user(20, "Ida")
    world.telegram.appoint(GARDENERS, "member")
    world.telegram.arrive(GARDENERS, ida)
    world.settle()
    assert sees_joins(world)
    assert standing(world, ida) == Standing.NEWCOMER


@pytest.mark.stories
def test_joins_are_seen_from_the_moment_the_bot_is_made_an_administrator_and_no_longer(world: World) -> None:
    standing(world, MAX)
    given.old_chats(world.engine)
    assert not sees_joins(world)
    assert standing(world, MAX) == Standing.NEWCOMER
    world.telegram.appoint(GARDENERS, "administrator", can_delete_messages=True)
    world.settle()
    assert sees_joins(world)
    assert standing(world, MAX) == Standing.BEFORE
    world.telegram.appoint(GARDENERS, "member")
    world.settle()
    assert not sees_joins(world)
    assert standing(world, MAX) == Standing.NEWCOMER


@pytest.mark.stories
def test_a_bot_that_is_thrown_out_of_an_unknown_group_keeps_nothing_of_it(world: World) -> None:
    world.telegram.appoint(OTHER, "left")
    world.settle()
    assert given.values(world.engine, Chat.external_id) == []


@pytest.mark.stories
def test_start_notices_that_the_bot_is_an_administrator(world: World) -> None:
    world.telegram.say(GARDENERS, MODERATOR, "/start")
    world.settle()
    assert sees_joins(world)


@pytest.mark.stories
def test_start_promises_nothing_where_the_bot_is_a_member(world: World) -> None:
    world.telegram.join(GARDENERS, BOT)
    world.telegram.say(GARDENERS, MODERATOR, "/start")
    world.settle()
    assert not sees_joins(world)


@pytest.mark.stories
def test_where_people_comment_on_a_channels_posts_a_missing_join_says_nothing(world: World) -> None:
    world.telegram.arrive(GARDENERS, user(20, "Ida"))
    telegram = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
    world.telegram.say(GARDENERS, telegram, "our news", sender_chat=CHANNEL, is_automatic_forward=True)
    world.settle()
    given.old_chats(world.engine)
    assert standing(world, EVE) == Standing.NEWCOMER


@pytest.mark.stories
def test_nothing_is_kept_of_who_joins_the_moderators_chat(world: World) -> None:
    linked(world)
    world.telegram.arrive(MODERATORS, user(20, "Ida"))
    world.telegram.appoint(MODERATORS, "administrator")
    world.settle()
    assert given.values(world.engine, Join.user_id) == []
    assert MODERATORS not in given.values(world.engine, Chat.external_id)


@pytest.mark.stories
def test_a_person_is_told_of_their_joins_and_forgotten_with_them(world: World) -> None:
    ida = user(20, "Ida")
    world.telegram.arrive(GARDENERS, ida)
    world.telegram.whisper(ida, "/mydata")
    world.settle()
    assert "Groups I saw you join: 1" in world.telegram.sent_to(ida["id"])[-1]["text"]
    world.telegram.whisper(ida, "/forget yes")
    world.telegram.whisper(ida, "/mydata")
    world.settle()
    assert given.values(world.engine, Join.user_id) == []
    assert world.telegram.sent_to(ida["id"])[-1]["text"] == "Nothing is stored about you."


@pytest.mark.stories
def test_why_says_what_is_known_of_the_author(world: World) -> None:
    ida = user(20, "Ida")
    world.telegram.arrive(GARDENERS, ida)
    message_id = world.telegram.say(GARDENERS, ida, "buy now")
    world.settle()
    world.telegram.press(MODERATOR, notices(world.telegram)[0], "Why?")
    world.settle()
    alert = world.telegram.called("answerCallbackQuery")[-1]["text"]
    assert alert.endswith("shown to moderators from 0.500, clear spam from 0.900 (first messages here)")
    world.telegram.reply(GARDENERS, MODERATOR, message_id, "/why")
    world.settle()
    world.explain()
    assert "(first messages here)" in world.telegram.sent_to(GARDENERS)[-1]["text"]
