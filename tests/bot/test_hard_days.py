"""Raids, refusals by Telegram, and members who want to be heard or forgotten."""

from __future__ import annotations

import pytest

from storage.learning import erasure
from storage.models import Mode
from storage.session import transaction
from tests.bot.stories import (
    ANN,
    EVE,
    GROUP,
    MAX,
    notices,
    spam,
)
from tests.bot.world import World
from tests.conftest import count
from tests.telegram_server import BOT, Refused, user

pytestmark = pytest.mark.stories

# A raid


def test_a_raid_is_one_notice_with_one_button(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    raiders = [user(100 + i, f"Raider {i}") for i in range(25)]
    for who in raiders:
        world.telegram.join(GROUP, who)
        world.telegram.say(GROUP, who, f"buy now {who['id']}")
        world.settle()
    assert len(notices(world.telegram)) == 10, "the first ones have a notice each"
    with world.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE actions SET not_before = created_at")
    world.settle()
    digest = world.telegram.sent_to(GROUP)[-1]
    assert digest["text"].startswith("15 more messages were flagged in Gardeners")
    world.telegram.press(MAX, digest, "All of them are spam")
    world.settle()
    assert count(world.engine, "corrections") == 0
    for _ in range(2):
        world.telegram.press(ANN, digest, "All of them are spam")
        world.settle()
    assert count(world.engine, "corrections") == 15
    world.settle()
    assert [world.telegram.status(GROUP, who) for who in raiders] == ["member"] * 10 + ["kicked"] * 15


# When Telegram refuses


def test_a_right_that_is_missing_is_said_in_the_notice(world: World) -> None:
    world.telegram.join(GROUP, BOT, "administrator", can_delete_messages=True)
    spam(world, Mode.ENFORCE)
    assert world.telegram.status(GROUP, EVE) == "member"
    assert "could not be banned: does the bot have the right to?" in notices(world.telegram)[0]["text"]
    assert "not enough rights" in str(world.failed_actions()).lower()


def test_a_half_done_sequence_is_completed(world: World) -> None:
    world.telegram.fail_next("banChatMember", Refused(502, "Bad Gateway"))
    spam(world, Mode.ENFORCE)
    assert world.telegram.status(GROUP, EVE) == "member"
    with world.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE actions SET not_before = created_at")
    world.settle()
    assert world.telegram.status(GROUP, EVE) == "kicked"


# Members' rights


def test_a_banned_member_is_heard_once(world: World) -> None:
    spam(world, Mode.ENFORCE)
    for _ in range(2):
        world.telegram.whisper(EVE, "/appeal It was <b>my</b> garden sale")
        world.settle()
    answers = [m["text"] for m in world.telegram.sent_to(EVE["id"])]
    assert answers == [
        "The moderators will see your case again.",
        "You have already appealed; the moderators have seen it.",
    ]
    _, again = notices(world.telegram)
    assert "Appeal: It was <b>my</b> garden sale" in again["text"]
    world.telegram.press(ANN, again, "Not spam")
    world.settle()
    assert world.telegram.status(GROUP, EVE) == "left"
    world.telegram.whisper(MAX, "/appeal")
    world.settle()
    assert world.telegram.sent_to(MAX["id"])[-1]["text"] == "I have not banned you anywhere."


def test_a_member_sees_and_erases_what_is_stored(world: World) -> None:
    spam(world, Mode.ENFORCE)
    world.telegram.whisper(EVE, "/mydata")
    world.telegram.whisper(EVE, "/forget")
    world.settle()
    answers = [m["text"] for m in world.telegram.sent_to(EVE["id"])]
    assert answers[0].startswith("Gardeners: 1 of your messages, 1 of them flagged")
    assert "buy now" in world.texts_stored(), "asked once, nothing is erased yet"
    world.telegram.whisper(EVE, "/forget yes")
    world.telegram.whisper(EVE, "/mydata")
    world.settle()
    assert "buy now" not in world.texts_stored()
    answers = world.telegram.sent_to(EVE["id"])[-1]["text"]
    assert "For 1 of them I keep only the author's number, no text" in answers, "the ban could not be lifted otherwise"
    world.telegram.press(ANN, notices(world.telegram)[0], "Not spam")
    world.settle()
    with transaction(world.engine) as session:
        assert erasure.erase_unneeded_authors(session) == 1
    world.telegram.whisper(EVE, "/mydata")
    world.settle()
    assert world.telegram.sent_to(EVE["id"])[-1]["text"] == "Nothing is stored about you."
    assert count(world.engine, "verdicts") == 1, "counts stay"
