"""Members in good standing report what members wrote; a report is told to moderators once."""

from __future__ import annotations

from typing import Any

import pytest

from storage.models import Mode, Report
from tests.bot.speakers import regular
from tests.bot.stories import ANN, EVE, GROUP, MAX, spam, stands
from tests.bot.world import World
from tests.storage import given
from tests.telegram_server import BOT, user

pytestmark = pytest.mark.stories


@pytest.mark.parametrize("who", [ANN, BOT], ids=["an administrator", "the bot"])
@pytest.mark.parametrize("has_standing", [False, True])
def test_only_members_posts_can_be_reported(world: World, who: dict[str, Any], has_standing: bool) -> None:
    spam(world, Mode.ENFORCE, text="hello")
    if has_standing:
        regular(world, MAX)
    post = world.telegram.say(GROUP, who, "buy your tickets here")
    world.telegram.whisper(MAX, "hello bot")
    command = world.telegram.reply(GROUP, MAX, post, "/report")
    world.settle()
    assert stands(world.telegram, post)
    assert not stands(world.telegram, command)
    assert "buy your tickets here" not in world.texts_stored()
    assert "Only members' messages" in world.telegram.sent_to(MAX["id"])[-1]["text"]


def test_a_newcomers_report_has_nothing_judged(world: World) -> None:
    old = world.telegram.say(GROUP, EVE, "buy now")
    with world.telegram.world() as updates:
        updates.clear()  # the bot was not there yet
    spam(world, Mode.ENFORCE, who=MAX, text="hello")
    world.telegram.reply(GROUP, MAX, old, "/report")
    world.settle()
    assert stands(world.telegram, old)
    assert "buy now" not in world.texts_stored()


def test_report_as_a_word_under_an_administrators_post_is_a_message(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello")
    post = world.telegram.say(GROUP, ANN, "here is the yearly report?")
    answer = world.telegram.reply(GROUP, MAX, post, "report")
    world.settle()
    assert stands(world.telegram, answer)
    assert "report" in world.texts_stored()


def test_enough_reports_of_a_picture_are_told_once_where_moderators_read(world: World) -> None:
    spam(world, Mode.TRAINING, text="hello", who=user(70, "Newcomer"))
    ida = user(20, "Ida")
    picture = world.telegram.say(
        GROUP, EVE, None, photo=[{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
    )
    for who in (MAX, ida):
        regular(world, who)
        world.telegram.reply(GROUP, who, picture, "/report")
    world.telegram.reply(GROUP, ida, picture, "/report")
    world.settle()
    assert len([m for m in world.telegram.sent_to(GROUP) if "Members reported a message" in m["text"]]) == 1


def test_a_report_with_its_reason_is_a_report_of_those_in_good_standing(world: World) -> None:
    regular(world, MAX)
    message_id = spam(world, Mode.ENFORCE, text="come and see")
    reported = world.telegram.reply(GROUP, MAX, message_id, "/report he wants us to buy coins")
    world.settle()
    assert world.telegram.status(GROUP, MAX) == "member"
    assert given.values(world.engine, Report.reporter_id) == [MAX["id"]]
    assert not stands(world.telegram, reported)


def test_words_behind_a_newcomers_report_are_judged(world: World) -> None:
    message_id = spam(world, Mode.ENFORCE, text="come and see", who=MAX)
    world.telegram.reply(GROUP, EVE, message_id, "/report buy now t.me/x")
    world.settle()
    assert world.telegram.status(GROUP, EVE) == "kicked"
