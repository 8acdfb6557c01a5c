"""Where a group wants it, members' reports hide a message until a moderator decides, and reporters are told."""

from __future__ import annotations

from typing import Any

import pytest

from storage.access import chats
from storage.models import Mode
from storage.session import transaction
from tests.bot.speakers import regular
from tests.bot.stories import ANN, BOB, EVE, GROUP, MAX, notices, photo, spam, stands
from tests.bot.world import World
from tests.telegram_server import user

pytestmark = pytest.mark.stories

IDA = user(20, "Ida")


def chooses(world: World, **choices: Any) -> None:
    chat_id = world.chat(GROUP).id
    with transaction(world.engine) as session:
        for field, value in choices.items():
            chats.choose(session, chat_id, field, value)


def reported(world: World, who: dict[str, Any] = EVE, text: str | None = "come to my garden", **extra: Any) -> int:
    """A message that two members in good standing report, in a group where that hides it."""
    spam(world, Mode.TRAINING, text="hello")
    chooses(world, reports_hide="2")
    for member in (MAX, IDA):
        regular(world, member)
    message_id = world.telegram.say(GROUP, who, text, **extra)
    for member in (MAX, IDA):
        world.telegram.reply(GROUP, member, message_id, "/report")
        world.settle()
    return message_id


def decides(world: World, button: str, who: dict[str, Any] = ANN) -> None:
    world.telegram.press(who, notices(world.telegram)[-1], button)
    world.settle()


def posted(world: World) -> list[str]:
    """What the bot posted again and what still stands."""
    return [str(m["text"]) for m in world.telegram.sent_to(GROUP) if "wrote:" in m.get("text", "")]


def test_reported_words_are_hidden_and_posted_again_once_they_are_called_not_spam(world: World) -> None:
    message_id = reported(world)
    assert not stands(world.telegram, message_id)
    assert world.telegram.status(GROUP, EVE) == "member"
    notice = notices(world.telegram)[-1]["text"]
    assert "2 members report this" in notice
    assert "come to my garden" in notice
    assert "hidden until you decide" in notice
    decides(world, "Not spam")
    assert posted(world) == ["Eve <b>bold</b> wrote:\n\ncome to my garden"]
    assert "posted again" in notices(world.telegram)[-1]["text"]
    decides(world, "Not spam", BOB)
    assert len(posted(world)) == 1


def test_what_was_posted_again_goes_when_the_moderator_changes_their_mind(world: World) -> None:
    reported(world)
    decides(world, "Not spam")
    decides(world, "Spam")
    assert posted(world) == []
    assert world.telegram.status(GROUP, EVE) == "kicked"
    decides(world, "Not spam")
    assert len(posted(world)) == 1


def test_what_was_posted_again_goes_when_its_author_is_forgotten(world: World) -> None:
    reported(world)
    decides(world, "Not spam")
    assert len(posted(world)) == 1
    world.telegram.whisper(EVE, "/forget yes")
    world.settle()
    assert posted(world) == []


def test_a_regulars_message_stands_however_often_it_is_reported(world: World) -> None:
    regular(world, EVE)
    assert stands(world.telegram, reported(world))


def test_a_message_that_a_moderator_let_stand_is_not_hidden_afterwards(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    chooses(world, reports_hide="2")
    for member in (MAX, IDA):
        regular(world, member)
    message_id = world.telegram.say(GROUP, EVE, "maybe come to my garden")
    world.settle()
    decides(world, "Not spam")
    for member in (MAX, IDA):
        world.telegram.reply(GROUP, member, message_id, "/report")
        world.settle()
    assert stands(world.telegram, message_id)


def test_a_picture_comes_back_under_its_words_without_a_name_that_advertises(world: World) -> None:
    seller = user(31, "coins at coins.example")
    world.telegram.pictures.add("p")
    reported(world, seller, None, photo=[photo("p")], caption="my garden")
    decides(world, "Not spam")
    sent = world.telegram.called("sendPhoto")[-1]
    assert (sent["photo"], sent["caption"]) == ("p", "A member wrote:\n\nmy garden")


def test_a_file_comes_back_under_its_words(world: World) -> None:
    world.telegram.pictures.add("v")
    video = {"file_id": "v", "file_unique_id": "v", "width": 1, "height": 1, "duration": 3}
    reported(world, EVE, None, video=video, caption="my garden")
    decides(world, "Not spam")
    sent = world.telegram.called("sendVideo")[-1]
    assert (sent["video"], sent["caption"]) == ("v", "Eve <b>bold</b> wrote:\n\nmy garden")


def test_reporters_who_began_a_conversation_are_told_in_the_groups_language(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    chooses(world, informs_reporters="yes")
    world.telegram.whisper(MAX, "/start")
    reported(world)
    chooses(world, language="ru")
    decides(world, "Spam")
    assert "модераторы решили, что это спам" in world.telegram.sent_to(MAX["id"])[-1]["text"]
    assert world.telegram.sent_to(IDA["id"]) == []
    assert world.failed_actions() == []


def test_three_false_reports_cost_the_right_to_report_for_a_week(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    chooses(world, reports_hide="2")
    regular(world, MAX)
    world.telegram.whisper(MAX, "/start")
    for number in range(3):
        message_id = world.telegram.say(GROUP, EVE, f"maybe come to my garden {number}")
        world.telegram.reply(GROUP, MAX, message_id, "/report")
        world.settle()
        decides(world, "Not spam")
    message_id = world.telegram.say(GROUP, EVE, "see you there")
    world.telegram.reply(GROUP, MAX, message_id, "/report")
    world.settle()
    assert "you cannot report here for seven days" in world.telegram.sent_to(MAX["id"])[-1]["text"]
