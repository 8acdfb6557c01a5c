"""What a notice tells moderators beside the message itself, and how long it stays."""

from __future__ import annotations

from typing import Any

import pytest

from storage.access import chats
from storage.models import Mode
from storage.session import transaction
from tests.bot.stories import ANN, EVE, GROUP, MAX, MODERATORS, linked, notices
from tests.bot.world import World
from tests.telegram_server import user
from tests.telegram_server.words import Refused

SUPERGROUP = -1_001_234_567_890


def links(message: dict[str, Any]) -> list[str]:
    return [entity["url"] for entity in message["entities"] if entity["type"] == "text_link"]


def test_the_moderators_open_the_message_and_its_author(world: World) -> None:
    world.telegram.add_group(SUPERGROUP, "Gardeners")
    world.telegram.join(SUPERGROUP, ANN, "administrator", can_delete_messages=True, can_restrict_members=True)
    world.telegram.join(SUPERGROUP, MAX)
    flagged = world.telegram.say(SUPERGROUP, MAX, "buy now")
    world.settle()
    [notice] = notices(world.telegram, SUPERGROUP)
    assert "message · author · 1 message\n" in notice["text"]
    assert links(notice) == [f"https://t.me/c/1234567890/{flagged}"]


def test_in_the_moderators_chat_the_author_has_a_page_and_is_not_named(world: World) -> None:
    linked(world)
    world.telegram.say(GROUP, MAX, "good morning")
    world.telegram.say(GROUP, MAX, "buy now")
    world.settle()
    [notice] = notices(world.telegram, MODERATORS)
    assert "author · 2 messages\n" in notice["text"]
    assert links(notice) == ["tg://user?id=12"]


def test_what_was_decided_about_the_same_text_is_in_the_notice(world: World) -> None:
    world.telegram.say(GROUP, EVE, "buy my 10 bicycles now")
    world.settle()
    world.telegram.press(ANN, notices(world.telegram)[-1], "Spam")
    world.settle()
    world.telegram.say(GROUP, user(19, "Zoe"), "buy my 25 bicycles now")
    world.settle()
    assert "decided before: spam, less than a day ago" in notices(world.telegram)[-1]["text"]


def flagged(world: World, who: dict[str, Any] = EVE) -> dict[str, Any]:
    """The notice of a flagged message, in a group whose decided notices vanish."""
    world.telegram.say(GROUP, ANN, "welcome")
    world.settle()
    choose(world, "notices_vanish", "yes")
    world.telegram.say(GROUP, who, "buy now")
    world.settle()
    return notices(world.telegram)[-1]


def choose(world: World, what: str, value: Any) -> None:
    with transaction(world.engine) as session:
        chats.choose(session, world.chat(GROUP).id, what, value)


def decide(world: World, notice: dict[str, Any], label: str = "Spam") -> None:
    world.telegram.press(ANN, notice, label)
    world.settle()


@pytest.mark.parametrize("label", ["Spam", "Not spam"])
def test_a_decided_notice_in_the_group_vanishes_where_the_chat_wants_that(world: World, label: str) -> None:
    decide(world, flagged(world), label)
    assert world.telegram.sent_to(GROUP) == []


def test_by_default_it_stays_and_says_who_decided(world: World) -> None:
    notice = flagged(world)
    choose(world, "notices_vanish", "no")
    decide(world, notice)
    assert "✓ Ann: spam" in notices(world.telegram)[0]["text"]


def test_a_notice_that_cannot_be_deleted_says_who_decided(world: World) -> None:
    notice = flagged(world)
    world.mode(Mode.OBSERVE)  # where nothing but the notice is deleted
    world.telegram.fail_next("deleteMessage", Refused(400, "Bad Request: message can't be deleted"))
    decide(world, notice)
    assert "✓ Ann: spam" in notices(world.telegram)[0]["text"]


def test_a_notice_of_something_that_could_not_be_done_stays(world: World) -> None:
    notice = flagged(world)
    world.telegram.fail_next("banChatMember", Refused(400, "Bad Request: not enough rights to restrict/unrestrict"))
    decide(world, notice)
    assert "could not be banned" in notices(world.telegram)[0]["text"]


def test_a_member_who_left_needs_no_notice(world: World) -> None:
    notice = flagged(world)
    world.telegram.leave(GROUP, EVE)
    decide(world, notice)
    assert notices(world.telegram) == []


def test_in_the_moderators_chat_decided_notices_stay(world: World) -> None:
    linked(world)
    choose(world, "notices_vanish", "yes")
    world.telegram.say(GROUP, EVE, "buy now")
    world.settle()
    decide(world, notices(world.telegram, MODERATORS)[-1])
    assert "✓ Ann: spam" in notices(world.telegram, MODERATORS)[0]["text"]


def test_an_appeal_stands_until_somebody_has_read_it(world: World) -> None:
    world.mode(Mode.TRAINING)
    decide(world, flagged(world))
    world.telegram.whisper(EVE, "/appeal I only sell apples")
    world.settle()
    assert "Appeal: I only sell apples" in notices(world.telegram)[-1]["text"]
