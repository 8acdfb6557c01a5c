"""Who joins is remembered, and so a newcomer told from a member who was there before the bot."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot import memberships
from bot.memberships import Joined, Role
from storage.models import Chat, Join, Standing, Verdict
from storage.session import reading
from tests.bot.given_updates import ANN, GROUP, said, update
from tests.bot.stories import ANN as MODERATOR
from tests.bot.stories import CHANNEL, EVE, MAX, MODERATORS, OTHER, linked, notices
from tests.bot.stories import GROUP as GARDENERS
from tests.bot.world import World
from tests.storage import given
from tests.telegram_server import BOT, RIGHTS, user

PRIVATE: dict[str, Any] = {"id": 7, "type": "private", "first_name": "Ann"}
NOON = 1_735_732_800
LEFT, MEMBER = {"user": ANN, "status": "left"}, {"user": ANN, "status": "member"}
KICKED = {"user": ANN, "status": "kicked", "until_date": 0}
ADMINISTRATOR = {"user": ANN, "status": "administrator", **dict.fromkeys(RIGHTS, False)}
RIGHTS_OF_MEMBERS = (
    "can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos",
    "can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages",
    "can_add_web_page_previews", "can_change_info", "can_invite_users", "can_pin_messages", "can_manage_topics",
    "can_edit_tag", "can_react_to_messages",
)  # fmt: skip


def restricted(is_member: bool) -> dict[str, Any]:
    about = {"user": ANN, "status": "restricted", "is_member": is_member, "until_date": 0}
    return about | {"tag": None} | dict.fromkeys(RIGHTS_OF_MEMBERS, False)


def changed(kind: str, old: dict[str, Any], new: dict[str, Any], chat: dict[str, Any] = GROUP) -> Any:
    about = {"chat": chat, "from": ANN, "date": NOON, "old_chat_member": old, "new_chat_member": new}
    return update(**{kind: about})


# What Telegram tells


@pytest.mark.parametrize(
    ("old", "new"), [(LEFT, MEMBER), (KICKED, MEMBER), (LEFT, restricted(True)), (restricted(False), restricted(True))]
)
def test_whoever_was_not_in_the_group_and_is_now_has_joined(old: dict[str, Any], new: dict[str, Any]) -> None:
    joined = memberships.joined(changed("chat_member", old, new))
    assert joined is not None
    assert (joined.chat_external_id, joined.user_ids, int(joined.at.timestamp())) == (GROUP["id"], (7,), NOON)


@pytest.mark.parametrize(
    ("old", "new"),
    [(MEMBER, LEFT), (MEMBER, KICKED), (MEMBER, ADMINISTRATOR), (ADMINISTRATOR, MEMBER), (restricted(True), MEMBER)],
)
def test_any_other_change_of_a_membership_is_nobodys_join(old: dict[str, Any], new: dict[str, Any]) -> None:
    joined = memberships.joined(changed("chat_member", old, new))
    assert joined is not None
    assert joined.user_ids == ()


def test_a_service_message_names_everybody_who_came_but_bots() -> None:
    people = [ANN, {**ANN, "id": 8}, {**ANN, "id": 9, "is_bot": True}]
    joined = memberships.joined(said(text=None, new_chat_members=people))
    assert isinstance(joined, Joined)
    assert joined.user_ids == (7, 8)


@pytest.mark.parametrize(
    "heard",
    [
        said(),
        said(text=None, new_chat_members=[{**ANN, "is_bot": True}]),
        changed("chat_member", LEFT, MEMBER, {"id": -100555, "type": "channel", "title": "News"}),
        changed("my_chat_member", LEFT, MEMBER),
    ],
)
def test_what_tells_of_no_join_in_a_group_is_none(heard: Any) -> None:
    assert memberships.joined(heard) is None


@pytest.mark.parametrize(("new", "is_administrator"), [(ADMINISTRATOR, True), (MEMBER, False), (LEFT, False)])
def test_the_bots_own_role_is_told(new: dict[str, Any], is_administrator: bool) -> None:
    told = memberships.own_role(changed("my_chat_member", MEMBER, new))
    assert told == Role(GROUP["id"], "a group", is_administrator)


@pytest.mark.parametrize("heard", [said(), changed("my_chat_member", LEFT, MEMBER, PRIVATE)])
def test_in_private_the_bot_has_no_role(heard: Any) -> None:
    assert memberships.own_role(heard) is None


# What follows, as stories


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
    told = [notice["text"] for notice in notices(world.telegram)]
    assert [("first messages here: shown from 0.50" in text) for text in told] == [True, False]
    assert [("was here before me: shown from 0.50" in text) for text in told] == [False, True]


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
    assert alert.endswith("shown to moderators from 0.500, clear from 0.900 on (first messages here)")
    world.telegram.reply(GARDENERS, MODERATOR, message_id, "/why")
    world.settle()
    world.explain()
    assert "(first messages here)" in world.telegram.sent_to(GARDENERS)[-1]["text"]
